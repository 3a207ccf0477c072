using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Tests.Durable.Contract;

public abstract class PayloadContract<THarness> : DurableContract<THarness>
    where THarness : IDurableHarness, new()
{
    [Fact]
    public async Task Null_stays_null()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<string?, bool>(
                    "Nothing",
                    async (context, input) => input is null && await context.CallActivityAsync<string?>("Echo") is null
                )
                .AddActivityFunc<string?, string?>("Echo", (_, text) => text)
        );

        Assert.True(await OutputOfAsync<bool>("Nothing"));
    }

    [Fact]
    public async Task A_megabyte_comes_through_whole()
    {
        // Six bytes each as JSON; input and output travel together in one answer, which may have four megabytes.
        var large = new string('ä', 160_000);
        await StartEchoAsync();

        Assert.Equal(large, await OutputOfAsync<string>("EchoTwice", large));
    }

    [Theory]
    [InlineData("")]
    [InlineData("zero \0 and emoji 🚂 and \"quotes\"")]
    public async Task Any_text_comes_through_whole(string text)
    {
        await StartEchoAsync();

        Assert.Equal(text, await OutputOfAsync<string>("EchoTwice", text));
    }

    [Fact]
    public async Task Records_tuples_and_times_keep_their_values()
    {
        var parcel = new Parcel("books", 3, new DateTimeOffset(2026, 2, 28, 23, 59, 59, TimeSpan.Zero), ("left", 7));
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<Parcel, Parcel>(
                    "Forward",
                    (context, sent) => context.CallActivityAsync<Parcel>("Echo", sent)
                )
                .AddActivityFunc<Parcel, Parcel>("Echo", (_, received) => received)
        );

        Assert.Equal(parcel, await OutputOfAsync<Parcel>("Forward", parcel));
    }

    [Fact]
    public async Task Derived_types_come_back_as_themselves()
    {
        await StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<Shape, string>(
                    "Describe",
                    async (context, shape) => (await context.CallActivityAsync<Shape>("Echo", shape)).GetType().Name
                )
                .AddActivityFunc<Shape, Shape>("Echo", (_, shape) => shape)
        );

        Assert.Equal(nameof(Circle), await OutputOfAsync<string>("Describe", (Shape)new Circle(2)));
    }

    [Fact]
    public async Task The_input_can_be_read_as_its_type_and_from_the_context()
    {
        await StartAsync(tasks =>
            tasks.AddOrchestratorFunc<int, int>("Twice", (context, input) => input + context.GetInput<int>())
        );

        Assert.Equal(42, await OutputOfAsync<int>("Twice", 21));
    }

    [Fact]
    public async Task Task_classes_are_named_by_their_type()
    {
        await StartAsync(tasks => tasks.AddOrchestrator<GreetingOrchestrator>().AddActivity<GreetActivity>());

        Assert.Equal("Hello, Ada!", await OutputOfAsync<string>(nameof(GreetingOrchestrator), "Ada"));
    }

    private Task StartEchoAsync() =>
        StartAsync(tasks =>
            tasks
                .AddOrchestratorFunc<string, string>(
                    "EchoTwice",
                    async (context, text) =>
                        await context.CallActivityAsync<string>(
                            "Echo",
                            await context.CallActivityAsync<string>("Echo", text)
                        )
                )
                .AddActivityFunc<string, string>("Echo", (_, text) => text)
        );

    public sealed record Parcel(string Content, int Count, DateTimeOffset SentAt, (string Side, int Shelf) Place);

    public sealed class GreetingOrchestrator : TaskOrchestrator<string, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, string input) =>
            context.CallActivityAsync<string>(nameof(GreetActivity), input);
    }

    public sealed class GreetActivity : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) =>
            Task.FromResult($"Hello, {input}!");
    }
}

[JsonDerivedType(typeof(Circle), "circle")]
public abstract record Shape;

public sealed record Circle(double Radius) : Shape;
