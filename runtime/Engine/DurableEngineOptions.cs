using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

namespace Trainyard.Runtime.Engine;

/// <summary>The options of the durable engine.</summary>
public sealed class DurableEngineOptions
{
    /// <summary>The folder that holds the engine's database. One process at a time may use it.</summary>
    public required string StatePath { get; set; }

    /// <summary>Names the database file; host.json's <c>hubName</c>. Letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string HubName { get; set; } = "Trainyard";

    /// <summary>Activities that run at once; host.json's <c>maxConcurrentActivityFunctions</c>. At least 1.</summary>
    public int MaxConcurrentActivityFunctions { get; set; } = 32;

    /// <summary>Orchestrators that take a step at once; host.json's <c>maxConcurrentOrchestratorFunctions</c>. At least 1.</summary>
    public int MaxConcurrentOrchestratorFunctions { get; set; } = 64;

    /// <summary>
    /// Waiting orchestrations that stay in memory, so that their next step needs no replay. 0 or more; any beyond are
    /// dropped from memory, the one that waited longest first, and replayed when something happens to them.
    /// </summary>
    public int MaxWaitingInMemory { get; set; } = 1000;

    /// <summary>Replays an orchestration from its history at every step. Slow; proves determinism in tests.</summary>
    public bool ReplayEveryStep { get; set; }

    /// <summary>Writes inputs, outputs and events.</summary>
    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;
}
