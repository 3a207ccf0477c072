using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trainyard.Runtime.Engine.History;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;

namespace Trainyard.Orchestrations.Tests.Histories;

/// <summary>All steps of one orchestration, as the engine kept them, in a file that people can read.</summary>
internal sealed record RecordedHistory
{
    private static readonly Type[] Inputs = Concrete<Input>();
    private static readonly Type[] Actions = Concrete<OrchestratorAction>();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameTypes } },
    };

    public required string Orchestrator { get; init; }

    public required string InstanceId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public string? Input { get; init; }

    public required IReadOnlyList<Turn> Turns { get; init; }

    public static RecordedHistory Read(string path) =>
        JsonSerializer.Deserialize<RecordedHistory>(File.ReadAllText(path), Json)!;

    /// <summary>Reads an orchestration out of an engine's database, which the engine has closed.</summary>
    public static RecordedHistory FromDatabase(string path, string instanceId)
    {
        using var session = new ReadSession(SqliteConnection.Open(path, readOnly: true));
        var record = session.Record(instanceId)!;
        return new RecordedHistory
        {
            Orchestrator = record.Name,
            InstanceId = record.Id,
            CreatedAt = record.CreatedAt,
            Input = record.Input,
            Turns = session.Turns(record.Seq),
        };
    }

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    public InstanceRecord ToRecord() =>
        new()
        {
            Seq = 1,
            Id = InstanceId,
            Name = Orchestrator,
            Version = "",
            CreatedAt = CreatedAt,
            Tags = new Dictionary<string, string>(),
            Input = Input,
        };

    private static void NameTypes(JsonTypeInfo info)
    {
        var kinds =
            info.Type == typeof(Input) ? Inputs
            : info.Type == typeof(OrchestratorAction) ? Actions
            : [];
        if (kinds.Length == 0)
        {
            return;
        }
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "kind" };
        foreach (var kind in kinds)
        {
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, kind.Name));
        }
    }

    private static Type[] Concrete<T>() =>
        [.. typeof(T).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(T)) && !t.IsAbstract)];
}
