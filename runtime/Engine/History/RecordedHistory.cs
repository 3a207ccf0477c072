using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Trainyard.Runtime.Engine.Execution;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;

namespace Trainyard.Runtime.Engine;

/// <summary>
/// An orchestration's history as a file. Kept histories are replayed by tests against today's orchestrators, so that a
/// change that would break orchestrations in flight is noticed before it is released.
/// </summary>
public sealed class RecordedHistory
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly HistoryDocument document;

    private RecordedHistory(HistoryDocument document) => this.document = document;

    /// <summary>Reads the history of an instance from the engine that runs in this process.</summary>
    /// <param name="services">The services of the engine's host.</param>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public static RecordedHistory Of(IServiceProvider services, string instanceId)
    {
        var engine = services.GetRequiredService<DurableEngineService>().Engine;
        var record =
            engine.Reader.Read(session => session.Record(instanceId))
            ?? throw new ArgumentException($"There is no instance '{instanceId}'.", nameof(instanceId));
        var turns = engine.Reader.Read(session => session.Turns(record.Seq));
        var generation = engine.Reader.Read(session => session.Instance(record.Seq))!.Value.State.Generation;
        return new RecordedHistory(
            new HistoryDocument(record.Id, record.Name, record.Version, record.Input, generation, turns)
        );
    }

    /// <exception cref="JsonException">The text is not a history.</exception>
    public static RecordedHistory Parse(string json) =>
        new(
            JsonSerializer.Deserialize<HistoryDocument>(json, Json) ?? throw new JsonException("The history is empty.")
        );

    public string ToJson() => JsonSerializer.Serialize(document, Json);

    /// <summary>Runs today's orchestrator through the history; no activity runs.</summary>
    /// <exception cref="InvalidOperationException">The orchestrator does something else; the message names the step.</exception>
    public void Replay(DurableTaskRegistry tasks, DataConverter? converter = null)
    {
        using var noServices = new ServiceCollection().BuildServiceProvider();
        var record = new InstanceRecord
        {
            Seq = 0,
            Id = document.InstanceId,
            Name = document.Name,
            Version = document.Version,
            CreatedAt = default,
            Tags = new Dictionary<string, string>(),
            Input = document.Input,
        };
        var shared = new ExecutionServices(
            tasks,
            noServices,
            converter ?? JsonDataConverter.Default,
            NullLoggerFactory.Instance
        );
        var execution = new OrchestratorExecution(record, document.Generation, shared, _ => { });
        document.Turns.ToList().ForEach(execution.Replay);
        if (execution.Fault is { } fault)
        {
            throw new InvalidOperationException($"{document.Name} '{document.InstanceId}': {fault.Message}", fault);
        }
    }
}

/// <summary>The form of the file.</summary>
internal sealed record HistoryDocument(
    string InstanceId,
    string Name,
    string Version,
    string? Input,
    int Generation,
    IReadOnlyList<Turn> Turns
);
