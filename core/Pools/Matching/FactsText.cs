using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Matching;

/// <summary>What a node says of itself, as pools keep it.</summary>
public static class FactsText
{
    public static string? Write(NodeCapabilities? facts) =>
        facts is null ? null : JsonSerializer.Serialize(facts, WireJson.Options);

    public static NodeCapabilities? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize<NodeCapabilities>(text, WireJson.Options);
}
