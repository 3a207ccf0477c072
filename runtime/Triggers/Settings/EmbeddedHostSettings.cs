using System.Reflection;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>The settings of one host. Programs read them from arguments and environment, tests set them.</summary>
internal sealed record EmbeddedHostSettings
{
    public const int DefaultPort = 7071;

    /// <summary>The folder that keeps everything: history, blobs, keys, schedules.</summary>
    public required string Home { get; init; }

    /// <summary>The folder of host.json.</summary>
    public required string ApplicationFolder { get; init; }

    public required string ApplicationName { get; init; }

    /// <summary>Finds the types whose functions are run.</summary>
    public required Func<IEnumerable<Type>> FunctionTypes { get; init; }

    /// <summary>The port on 127.0.0.1; 0 for any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>How long running functions may go on after a stop request before they are cancelled.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    public BlobTriggerSettings Blobs { get; init; } = new();

    /// <summary>
    /// Whether the host is a program, which reports a start failure in one sentence and ends. A test gets the
    /// exception.
    /// </summary>
    public bool IsProgram { get; init; }

    public static EmbeddedHostSettings ForProgram(string[] args, string home, Assembly application) =>
        new()
        {
            Home = home,
            ApplicationFolder = Path.GetDirectoryName(application.Location) is { Length: > 0 } folder
                ? folder
                : AppContext.BaseDirectory,
            ApplicationName = application.GetName().Name!,
            FunctionTypes = () =>
                Discovery.FunctionAssemblies.ReachableFrom(application).SelectMany(assembly => assembly.GetTypes()),
            Port = CommandLine.PortIn(args) ?? DefaultPort,
            IsProgram = true,
        };
}
