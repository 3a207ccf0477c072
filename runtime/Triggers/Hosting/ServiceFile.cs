using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Tells other programs of this machine where the service listens, while it does.</summary>
internal sealed class ServiceFile(StateFolder folder)
{
    private readonly string _path = folder.File("service.json");

    public void Write(string url) =>
        AtomicFile.Write(
            _path,
            JsonSerializer.SerializeToUtf8Bytes(
                new ServiceAddress { Url = url, Pid = Environment.ProcessId },
                ServiceFileContext.Default.ServiceAddress
            )
        );

    public void Delete() => File.Delete(_path);
}

internal sealed record ServiceAddress
{
    public required string Url { get; init; }

    public required int Pid { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServiceAddress))]
internal sealed partial class ServiceFileContext : JsonSerializerContext;
