using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class MiddlewareTests
{
    private readonly Recorder<string> _calls = new();

    [Fact]
    public async Task Middleware_runs_around_the_function_in_the_order_it_was_added()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(_calls);
                builder.UseMiddleware<Outer>();
                builder.UseMiddleware(
                    async (context, next) =>
                    {
                        _calls.Add($"inner {context.FunctionDefinition.Name}");
                        await next();
                        _calls.Add("inner ends");
                    }
                );
            },
            typeof(App)
        );

        await app.Client.GetStringAsync("http");

        string[] expected = ["outer begins", "inner Http", "function", "inner ends", "outer ends"];
        foreach (var call in expected)
        {
            Assert.Equal(call, await _calls.NextAsync());
        }
    }

    [Fact]
    public async Task Middleware_may_answer_in_the_functions_place()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(_calls);
                builder.UseMiddleware<Refusing>();
            },
            typeof(App)
        );

        using var response = await app.Client.GetAsync("http");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("no", await response.Content.ReadAsStringAsync());
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task Middleware_runs_where_its_condition_holds()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(_calls);
                builder.UseWhen<Outer>(context => context.FunctionDefinition.Name == "Other");
            },
            typeof(App)
        );

        await app.Client.GetStringAsync("http");
        Assert.Equal("function", await _calls.NextAsync());
        await app.Client.GetStringAsync("other");
        Assert.Equal("outer begins", await _calls.NextAsync());
    }

    [Fact]
    public async Task Middleware_runs_around_timers_too_and_finds_no_request_there()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton(_calls);
                builder.UseMiddleware(
                    (context, next) =>
                    {
                        var trigger = Assert.Single(context.FunctionDefinition.InputBindings).Value.Type;
                        _calls.Add($"{trigger} {context.GetHttpContext() is null}");
                        return next();
                    }
                );
            },
            typeof(Timer)
        );

        Assert.Equal("timerTrigger True", await _calls.NextAsync());
        Assert.Equal("timer", await _calls.NextAsync());
    }

    [Fact]
    public async Task The_context_knows_the_function_and_carries_items_to_it()
    {
        await using var app = await TestApp.StartAsync(
            builder =>
                builder.UseMiddleware(
                    (context, next) =>
                    {
                        context.Items["owner"] = "ada";
                        return next();
                    }
                ),
            typeof(ContextApp)
        );

        var answer = await app.Client.GetStringAsync("context/7?more=x");

        Assert.Equal("ada Context id=7 more=x httpTrigger True", answer);
    }

    public sealed class App(Recorder<string> calls)
    {
        [Function("Http")]
        public IActionResult Http(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "http")] HttpRequest request
        )
        {
            calls.Add("function");
            return new ContentResult { Content = "ok" };
        }

        [Function("Other")]
        public IActionResult Other(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "other")] HttpRequest request
        ) => Http(request);
    }

    public sealed class Timer(Recorder<string> calls)
    {
        [Function("Timer")]
        public void Run([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer) => calls.Add("timer");
    }

    public sealed class ContextApp
    {
        [Function("Context")]
        public IResult Run(
            [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "context/{id:int}")] HttpRequest request,
            FunctionContext context,
            int id,
            string? more
        )
        {
            var definition = context.FunctionDefinition;
            var isSame = ReferenceEquals(context.GetHttpContext(), request.HttpContext);
            return Results.Text(
                $"{context.Items["owner"]} {definition.Name} id={id} more={more} "
                    + $"{definition.InputBindings["request"].Type} {isSame}"
            );
        }
    }

    public sealed class Outer(Recorder<string> calls) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            calls.Add("outer begins");
            await next(context);
            calls.Add("outer ends");
        }
    }

    public sealed class Refusing : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
            Results.Text("no", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context.GetHttpContext()!);
    }
}
