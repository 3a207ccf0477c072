using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>The part of host.json that the embedded runtime heeds.</summary>
// Setters, not init: generated readers would overwrite the defaults of init properties.
internal sealed class HostJson
{
    public ExtensionsSection Extensions { get; set; } = new();

    public LoggingSection Logging { get; set; } = new();

    /// <exception cref="HostStartException">The file is not valid JSON of the expected form.</exception>
    public static HostJson ReadFrom(string folder)
    {
        var path = Path.Combine(folder, "host.json");
        if (!File.Exists(path))
        {
            return new HostJson();
        }
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, HostJsonContext.Default.HostJson) ?? new HostJson();
        }
        catch (JsonException e)
        {
            throw new HostStartException($"{path} is not a valid host.json: {e.Message}", e);
        }
    }

    internal sealed class ExtensionsSection
    {
        public HttpSection Http { get; set; } = new();

        public DurableTaskSection DurableTask { get; set; } = new();
    }

    internal sealed class HttpSection
    {
        public string RoutePrefix { get; set; } = "api";
    }

    internal sealed class DurableTaskSection
    {
        public string? HubName { get; set; }

        public int? MaxConcurrentActivityFunctions { get; set; }

        public int? MaxConcurrentOrchestratorFunctions { get; set; }
    }

    internal sealed class LoggingSection
    {
        public IReadOnlyDictionary<string, string> LogLevel { get; set; } = new Dictionary<string, string>();
    }
}

[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip
)]
[JsonSerializable(typeof(HostJson))]
internal sealed partial class HostJsonContext : JsonSerializerContext;
