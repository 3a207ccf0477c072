using System.Text.Json;

namespace Trainyard.Cli.Service;

/// <summary>What the service answered: as a contract to work with, and as the JSON it was, to be printed.</summary>
internal sealed record ServiceAnswer<T>(T Value, JsonElement Json);
