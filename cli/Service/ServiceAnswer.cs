using System.Text.Json;

namespace Trainyard.Cli.Service;

/// <summary>The service's answer, both as a contract object and as the original JSON for printing.</summary>
internal sealed record ServiceAnswer<T>(T Value, JsonElement Json);
