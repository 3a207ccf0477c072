using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class HttpTriggerTests
{
    [Fact]
    public async Task A_function_answers_on_its_route_with_route_values_by_name()
    {
        await using var app = await TestApp.StartAsync(typeof(Greetings));

        Assert.Equal("hello ada 7", await app.Client.GetStringAsync("greet/ada/7"));
    }

    [Fact]
    public async Task A_constraint_that_does_not_match_is_404()
    {
        await using var app = await TestApp.StartAsync(typeof(Greetings));

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("greet/ada/seven")).StatusCode);
    }

    [Fact]
    public async Task Another_method_is_405_and_another_path_404()
    {
        await using var app = await TestApp.StartAsync(typeof(Greetings));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.Client.PostAsync("greet/ada/7", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("nowhere")).StatusCode);
    }

    [Fact]
    public async Task Without_a_route_the_name_and_the_default_prefix_are_taken()
    {
        using var home = new TestHome("{}");
        await using var app = await TestApp.StartAsync(home, _ => { }, typeof(Greetings));

        Assert.Equal("named", await app.Client.GetStringAsync("api/Named"));
    }

    [Fact]
    public async Task Methods_of_one_path_may_be_different_functions()
    {
        await using var app = await TestApp.StartAsync(typeof(Items));

        Assert.Equal("get 1", await app.Client.GetStringAsync("items/1"));
        using var deleted = await app.Client.DeleteAsync("items/1");
        Assert.Equal("delete 1", await deleted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Action_results_are_executed_with_json_bodies()
    {
        await using var app = await TestApp.StartAsync(typeof(Items));

        using var response = await app.Client.PostAsJsonAsync("items", new Item("a", 2));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/items/a", response.Headers.Location?.OriginalString);
        Assert.Equal(new Item("a", 2), await response.Content.ReadFromJsonAsync<Item>());
    }

    [Fact]
    public async Task What_is_no_http_result_writes_no_body()
    {
        await using var app = await TestApp.StartAsync(typeof(Items));

        using var response = await app.Client.GetAsync("plain");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Contains(app.Logs.Lines, line => line.Contains("no HTTP result"));
    }

    [Fact]
    public async Task An_exception_is_500_with_nothing_of_it_in_the_body_but_in_the_log()
    {
        await using var app = await TestApp.StartAsync(typeof(Failures));

        using var response = await app.Client.GetAsync("fail");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
        Assert.Contains(app.Logs.Lines, line => line.Contains("a secret of the inside"));
    }

    [Fact]
    public async Task A_response_that_fails_under_way_is_cut_off()
    {
        await using var app = await TestApp.StartAsync(typeof(Failures));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Client.GetByteArrayAsync("half"));
    }

    [Fact]
    public async Task A_level_above_anonymous_asks_for_the_hosts_key()
    {
        await using var app = await TestApp.StartAsync(typeof(Items));
        var key = await File.ReadAllTextAsync(Path.Combine(app.Home, "host.key"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync("keyed")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync("keyed?code=x")).StatusCode);
        app.Client.DefaultRequestHeaders.Add("x-functions-key", key);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Client.GetAsync("keyed")).StatusCode);
    }

    [Fact]
    public async Task Classes_get_services_of_one_scope_for_each_request()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddScoped<ScopeId>(),
            typeof(ScopedFunctions)
        );

        var first = await app.Client.GetStringAsync("scope");
        var second = await app.Client.GetStringAsync("scope");

        Assert.NotEqual(first, second);
        Assert.All([first, second], ids => Assert.Single(ids.Split(' ').Distinct()));
    }

    public sealed class Greetings
    {
        [Function("Greet")]
        public static IResult Greet(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{name}/{times:int}")] HttpRequest request,
            string name,
            int times
        ) => Results.Text($"hello {name} {times}");

        [Function("Named")]
        public static Task<IResult> Named([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Task.FromResult(Results.Text("named"));
    }

    public sealed record Item(string Id, int Count);

    public sealed class Items
    {
        [Function("GetItem")]
        public IActionResult Get(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}")] HttpRequest request,
            string id
        ) => new ContentResult { Content = $"get {id}" };

        [Function("DeleteItem")]
        public async Task<IActionResult> Delete(
            [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "items/{id}")] HttpRequest request,
            string id
        )
        {
            await Task.Yield();
            return new ContentResult { Content = $"delete {id}" };
        }

        [Function("AddItem")]
        public async Task<IActionResult> Add(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "items")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            var item = await request.ReadFromJsonAsync<Item>(cancellationToken);
            return new CreatedResult($"/items/{item!.Id}", item);
        }

        [Function("Plain")]
        public Item Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "plain")] HttpRequest request) =>
            new("a", 1);

        [Function("Keyed")]
        public IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequest request) =>
            Results.NoContent();
    }

    public sealed class Failures
    {
        [Function("Fail")]
        public IResult Fail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "fail")] HttpRequest request) =>
            throw new InvalidOperationException("a secret of the inside");

        [Function("Half")]
        public async Task Half([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "half")] HttpRequest request)
        {
            await request.HttpContext.Response.WriteAsync("half");
            await request.HttpContext.Response.Body.FlushAsync();
            throw new InvalidOperationException("gone");
        }
    }

    public sealed class ScopeId
    {
        public Guid Value { get; } = Guid.NewGuid();
    }

    public sealed class ScopedFunctions(ScopeId own)
    {
        [Function("Scope")]
        public IResult Scope(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scope")] HttpRequest request,
            FunctionContext context
        )
        {
            var fromContext = context.InstanceServices.GetRequiredService<ScopeId>();
            var fromRequest = request.HttpContext.RequestServices.GetRequiredService<ScopeId>();
            return Results.Text($"{own.Value} {fromContext.Value} {fromRequest.Value}");
        }
    }
}
