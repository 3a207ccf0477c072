using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Matching;

/// <summary>Serializes the capabilities that a node reports, for storage in pools.</summary>
public static class FactsText
{
    public static string? Write(NodeCapabilities? facts) =>
        facts is null ? null : JsonSerializer.Serialize(facts, WireJson.Options);

    public static NodeCapabilities? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize<NodeCapabilities>(text, WireJson.Options);
}
