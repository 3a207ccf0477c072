using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Runtime.Triggers.Discovery;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class DiscoveryTests
{
    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var failure = Assert.Throws<FunctionsStartupException>(() =>
            FunctionScanner.Scan([typeof(Mistakes), typeof(SameName)])
        );

        string[] expected =
        [
            "'NoTrigger' (*) needs exactly one parameter with a trigger attribute and has 0.",
            "'TwoTriggers' (*) needs exactly one parameter with a trigger attribute and has 2.",
            "'WrongTriggerType' (*) cannot bind its parameter 'timer' of type System.String to the timerTrigger.",
            "'Service' (*) cannot bind its parameter 'client' of type System.Net.Http.HttpClient",
            "'Hidden' (*) must be a public method.",
            "'not a name' (*) needs a name that begins with a letter",
            "'Lazy' (*) must return Task, not ValueTask.",
            "'TwoInputs' (*) has more than one parameter for the orchestration's input.",
            "The function name 'same' is used more than once: *.First, *.Second.",
        ];
        foreach (var part in expected)
        {
            Assert.Contains(failure.Mistakes, mistake => Matches(mistake, part));
        }
        Assert.Equal(expected.Length, failure.Mistakes.Count);
    }

    [Fact]
    public async Task Routes_that_cannot_be_served_stop_the_start()
    {
        var failure = await Assert.ThrowsAsync<FunctionsStartupException>(() => TestApp.StartAsync(typeof(Routes)));

        Assert.Contains(failure.Mistakes, mistake => mistake.Contains("'admin' is the host's own"));
        Assert.Contains(failure.Mistakes, mistake => mistake.Contains("'Runtime' is the host's own"));
        Assert.Contains(failure.Mistakes, mistake => mistake.Contains("not a route template"));
        Assert.Contains(failure.Mistakes, mistake => mistake.Contains("answer the same requests, GET items/{other}"));
        Assert.Equal(4, failure.Mistakes.Count);
    }

    [Fact]
    public void Functions_of_referenced_assemblies_are_reachable()
    {
        var assemblies = FunctionAssemblies.ReachableFrom(typeof(DiscoveryTests).Assembly);

        Assert.Contains(typeof(DiscoveryTests).Assembly, assemblies);
        Assert.DoesNotContain(typeof(FunctionAttribute).Assembly, assemblies);
    }

    [Fact]
    public void A_function_is_described_as_the_real_worker_does()
    {
        var function = Assert.Single(FunctionScanner.Scan([typeof(Described)]));

        Assert.Equal("Described", function.Name);
        Assert.Equal($"{typeof(Described).FullName}.Run", function.EntryPoint);
        Assert.Equal(typeof(Described).Assembly.Location, function.PathToAssembly);
        Assert.Equal(["content", "name", "times"], function.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(3, function.Parameters[2].DefaultValue);
        Assert.Equal("blobTrigger", function.InputBindings["content"].Type);
        Assert.Equal(BindingDirection.In, function.InputBindings["content"].Direction);
    }

    private static bool Matches(string text, string pattern)
    {
        var from = 0;
        foreach (var part in pattern.Split('*'))
        {
            var at = text.IndexOf(part, from, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }
            from = at + part.Length;
        }
        return true;
    }

    public sealed class Described
    {
        [Function("Described")]
        public void Run([BlobTrigger("drop/{name}")] Stream content, string name, int times = 3) { }
    }

    public sealed class Mistakes
    {
        [Function("NoTrigger")]
        public void NoTrigger(HttpRequest request) { }

        [Function("TwoTriggers")]
        public void TwoTriggers([HttpTrigger] HttpRequest request, [TimerTrigger("0 0 3 * * *")] TimerInfo timer) { }

        [Function("WrongTriggerType")]
        public void WrongTriggerType([TimerTrigger("0 0 3 * * *")] string timer) { }

        [Function("Service")]
        public void Service([HttpTrigger] HttpRequest request, HttpClient client) { }

        [Function("Hidden")]
        internal void Hidden([HttpTrigger] HttpRequest request) { }

        [Function("not a name")]
        public void BadName([HttpTrigger] HttpRequest request) { }

        [Function("Lazy")]
        public ValueTask Lazy([HttpTrigger] HttpRequest request) => ValueTask.CompletedTask;

        [Function("TwoInputs")]
        public Task TwoInputs(
            [OrchestrationTrigger] Microsoft.DurableTask.TaskOrchestrationContext context,
            string first,
            string second
        ) => Task.CompletedTask;
    }

    public sealed class SameName
    {
        [Function("same")]
        public void First([HttpTrigger] HttpRequest request) { }

        [Function("Same")]
        public void Second([HttpTrigger] HttpRequest request) { }
    }

    public sealed class Routes
    {
        [Function("Admin")]
        public void Admin([HttpTrigger("get", Route = "admin/x")] HttpRequest request) { }

        [Function("Runtime")]
        public void Runtime([HttpTrigger("get", Route = "Runtime")] HttpRequest request) { }

        [Function("Malformed")]
        public void Malformed([HttpTrigger("get", Route = "a/{b")] HttpRequest request) { }

        [Function("First")]
        public void First([HttpTrigger("get", Route = "items/{id}")] HttpRequest request) { }

        [Function("Second")]
        public void Second([HttpTrigger("GET", "post", Route = "items/{other}")] HttpRequest request) { }
    }
}
