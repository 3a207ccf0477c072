using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Trainyard.Functions.Tests.OnAzure;

/// <summary>
/// The function metadata that the Functions packages generate from the attributes at build time: all that the host
/// knows of the service.
/// </summary>
public sealed class WhatTheHostIsToldTests : IAsyncLifetime
{
    private Dictionary<string, ToldFunction> _told = [];

    [Fact]
    public void Every_function_and_every_activity() =>
        Assert.Equal(
            FunctionMethods.All.Select(method => method.Name).Order(StringComparer.Ordinal),
            _told.Keys.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Where_the_code_of_each_is() =>
        Assert.All(
            FunctionMethods.All,
            function =>
                Assert.Equal(
                    $"{function.Method.DeclaringType!.FullName}.{function.Method.Name}",
                    _told[function.Name].EntryPoint
                )
        );

    [Fact]
    public void Each_has_one_trigger_and_it_is_the_one_of_its_attribute() =>
        Assert.All(
            FunctionMethods.All,
            function => Assert.Equal(Describe(function.Trigger), Describe(_told[function.Name].Trigger))
        );

    [Fact]
    public void Nobody_needs_a_key_of_the_host() =>
        Assert.All(
            _told.Values.Where(function => function.Trigger.Type() == "httpTrigger"),
            function => Assert.Equal("Anonymous", function.Trigger.Text("authLevel"))
        );

    private static string Describe(TriggerBindingAttribute trigger) =>
        trigger switch
        {
            HttpTriggerAttribute http => $"http {string.Join(',', http.Methods!)} {http.Route}",
            TimerTriggerAttribute timer => $"timer {timer.Schedule}",
            BlobTriggerAttribute blob => $"blob {blob.BlobPath} {blob.Connection}",
            OrchestrationTriggerAttribute => "orchestration",
            ActivityTriggerAttribute => "activity",
            _ => throw new NotSupportedException(trigger.GetType().Name),
        };

    private static string Describe(JsonElement trigger) =>
        trigger.Type() switch
        {
            "httpTrigger" =>
                $"http {string.Join(',', trigger.GetProperty("methods").EnumerateArray())} {trigger.Text("route")}",
            "timerTrigger" => $"timer {trigger.Text("schedule")}",
            "blobTrigger" => $"blob {trigger.Text("path")} {trigger.Text("connection")}",
            "orchestrationTrigger" => "orchestration",
            "activityTrigger" => "activity",
            var other => throw new NotSupportedException(other),
        };

    private sealed record ToldFunction(string Name, string EntryPoint, IReadOnlyList<JsonElement> Bindings)
    {
        public JsonElement Trigger => Bindings.Single(binding => binding.Type().EndsWith("Trigger"));

        public static ToldFunction From(IFunctionMetadata function) =>
            new(
                function.Name!,
                function.EntryPoint!,
                [.. function.RawBindings!.Select(binding => JsonSerializer.Deserialize<JsonElement>(binding))]
            );
    }

    public async Task InitializeAsync()
    {
        var functions = await new GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync(
            AppContext.BaseDirectory
        );
        _told = functions.Select(ToldFunction.From).ToDictionary(function => function.Name);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Reads members of a binding's JSON.</summary>
internal static class BindingJson
{
    public static string Type(this JsonElement binding) => binding.Text("type");

    public static string Text(this JsonElement binding, string name) => binding.GetProperty(name).GetString()!;
}
