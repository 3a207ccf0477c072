using System.Text.Json;
using System.Text.Json.Serialization;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.State;

/// <summary>The file that tells other programs on this machine the service's address while it listens.</summary>
internal sealed class ServiceFile(HostFolder folder)
{
    private readonly string _path = folder.File("service.json");

    public void Write(string url) =>
        DurableFiles.WritePrivate(
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
