using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class DurableFunctionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_http_function_starts_an_orchestrator_function_that_calls_activity_functions()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddSingleton<Greeter>(),
            typeof(Orders)
        );

        using var response = await app.Client.PostAsJsonAsync("orders", new Order("ada", 3));
        var id = await response.Content.ReadAsStringAsync();

        var end = await EndOfAsync(app, id);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal(["hello ada 1", "hello ada 2", "hello ada 3", id], end.ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task The_input_may_be_a_parameter_of_the_orchestrator()
    {
        await using var app = await TestApp.StartAsync(typeof(Shapes));

        var end = await RunAsync(app, "WithInput", new Order("bob", 2));

        Assert.Equal("bob 2 bob", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task What_an_activity_throws_reaches_the_orchestrator_as_it_was()
    {
        await using var app = await TestApp.StartAsync(typeof(Shapes));

        var end = await RunAsync(app, "Catches", null);

        Assert.Equal("System.FormatException: bad form", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Middleware_runs_around_orchestrators_and_activities()
    {
        var calls = new Recorder<string>();
        await using var app = await TestApp.StartAsync(
            builder =>
                builder.UseMiddleware(
                    (context, next) =>
                    {
                        calls.Add(context.FunctionDefinition.Name);
                        return next();
                    }
                ),
            typeof(Shapes)
        );

        await RunAsync(app, "Catches", null);

        Assert.Equal("Catches", await calls.NextAsync());
        Assert.Equal("Throws", await calls.NextAsync());
    }

    [Fact]
    public async Task Awaiting_anything_but_durable_tasks_fails_the_orchestration()
    {
        await using var app = await TestApp.StartAsync(typeof(Shapes));

        var end = await RunAsync(app, "Foreign", null);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("not a durable task", end.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task Orchestrations_go_on_after_a_restart()
    {
        using var home = new TestHome();
        await using (var app = await TestApp.StartAsync(home, _ => { }, typeof(Shapes)))
        {
            await ClientOf(app)
                .ScheduleNewOrchestrationInstanceAsync("Waits", null, new StartOrchestrationOptions("w"));
            await ClientOf(app).WaitForInstanceStartAsync("w");
        }

        await using var again = await TestApp.StartAsync(home, _ => { }, typeof(Shapes));
        await ClientOf(again).RaiseEventAsync("w", "Go", "on");

        Assert.Equal("on", (await EndOfAsync(again, "w")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_running_activity_ends_before_the_host_stops()
    {
        using var home = new TestHome();
        var gate = new HttpStreamingTests.Gate();
        var calls = new Recorder<string>();
        var app = await TestApp.StartAsync(
            home,
            builder => builder.Services.AddSingleton(gate).AddSingleton(calls),
            typeof(Gated)
        );
        await ClientOf(app).ScheduleNewOrchestrationInstanceAsync("Slow", null, new StartOrchestrationOptions("s"));
        Assert.Equal("began", await calls.NextAsync());

        var stopping = app.StopAsync();
        gate.Open.SetResult();
        await stopping;
        await app.DisposeAsync();

        Assert.Equal("ended", await calls.NextAsync());
        await using var again = await TestApp.StartAsync(
            home,
            builder => builder.Services.AddSingleton(gate).AddSingleton(calls),
            typeof(Gated)
        );
        Assert.Equal("done", (await EndOfAsync(again, "s")).ReadOutputAs<string>());
        Assert.Equal(0, calls.Count);
    }

    [Fact]
    public async Task Services_of_the_app_may_use_the_client_when_they_start()
    {
        await using var app = await TestApp.StartAsync(
            builder => builder.Services.AddHostedService<Starter>(),
            typeof(Shapes)
        );

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await EndOfAsync(app, "from-start")).RuntimeStatus);
    }

    private static DurableTaskClient ClientOf(TestApp app) => app.Services.GetRequiredService<DurableTaskClient>();

    private static async Task<OrchestrationMetadata> RunAsync(TestApp app, string name, object? input) =>
        await EndOfAsync(app, await ClientOf(app).ScheduleNewOrchestrationInstanceAsync(name, input));

    private static async Task<OrchestrationMetadata> EndOfAsync(TestApp app, string id)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await ClientOf(app).WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, deadline.Token);
    }

    public sealed record Order(string Name, int Count);

    public sealed class Greeter
    {
        public string Greet(string name, int number) => $"hello {name} {number}";
    }

    public sealed record Greeting(string Name, int Number);

    internal sealed class Orders(Greeter greeter)
    {
        [Function("StartOrder")]
        public static async Task<IResult> StartAsync(
            [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequest request,
            [DurableClient] DurableTaskClient client,
            CancellationToken cancellationToken
        )
        {
            var order = await request.ReadFromJsonAsync<Order>(cancellationToken);
            return Results.Text(
                await client.ScheduleNewOrchestrationInstanceAsync("OrderOrchestrator", order, cancellationToken)
            );
        }

        [Function("OrderOrchestrator")]
        public static async Task<List<string>> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var order = context.GetInput<Order>()!;
            var greetings = await Task.WhenAll(
                Enumerable
                    .Range(1, order.Count)
                    .Select(number => context.CallActivityAsync<string>("Greet", new Greeting(order.Name, number)))
            );
            return [.. greetings, await context.CallActivityAsync<string>("WhoCalls")];
        }

        [Function("Greet")]
        public string Greet([ActivityTrigger] Greeting greeting) => greeter.Greet(greeting.Name, greeting.Number);

        [Function("WhoCalls")]
        public Task<string> WhoCalls([ActivityTrigger] FunctionContext context, string instanceId) =>
            Task.FromResult(instanceId);
    }

    public sealed class Shapes
    {
        [Function("WithInput")]
        public static Task<string> WithInput(
            [OrchestrationTrigger] TaskOrchestrationContext context,
            Order input,
            FunctionContext functionContext
        ) => Task.FromResult($"{input.Name} {input.Count} {context.GetInput<Order>()!.Name}");

        [Function("Catches")]
        public static async Task<string> Catches([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            try
            {
                await context.CallActivityAsync("Throws");
                return "no failure";
            }
            catch (TaskFailedException e)
            {
                return $"{e.FailureDetails.ErrorType}: {e.FailureDetails.ErrorMessage}";
            }
        }

        [Function("Throws")]
        public static void Throws([ActivityTrigger] string? nothing) => throw new FormatException("bad form");

        [Function("Foreign")]
        public static async Task Foreign([OrchestrationTrigger] TaskOrchestrationContext context) =>
            await Task.Delay(TimeSpan.FromMilliseconds(10));

        [Function("Waits")]
        public static Task<string> Waits([OrchestrationTrigger] TaskOrchestrationContext context) =>
            context.WaitForExternalEvent<string>("Go");
    }

    public sealed class Gated(HttpStreamingTests.Gate gate, Recorder<string> calls)
    {
        [Function("Slow")]
        public static Task<string> Slow([OrchestrationTrigger] TaskOrchestrationContext context) =>
            context.CallActivityAsync<string>("Pass");

        [Function("Pass")]
        public async Task<string> Pass([ActivityTrigger] string? nothing)
        {
            calls.Add("began");
            await gate.Open.Task;
            calls.Add("ended");
            return "done";
        }
    }

    internal sealed class Starter(DurableTaskClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) =>
            client.ScheduleNewOrchestrationInstanceAsync(
                "Catches",
                null,
                new StartOrchestrationOptions("from-start"),
                cancellationToken
            );

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
