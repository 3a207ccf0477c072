using Trainyard.Cli.Streams;

namespace Trainyard.Cli.Hosting;

/// <summary>The process environment that <c>bx</c> runs in.</summary>
internal sealed record CliEnvironment
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required bool OutIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Opens standard input: only where it is read, for it changes the terminal.</summary>
    public Func<TextReader> OpenInput { get; init; } = () => TextReader.Null;

    public bool InIsTerminal { get; init; }

    /// <summary>Prompts, and reads a line that the terminal does not show; only where input is a terminal.</summary>
    public Func<Action, string> ReadHidden { get; init; } = HiddenInput.ReadLine;

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Finds the base folder of relative paths, which may have been deleted meanwhile.</summary>
    public required Func<string> FindFolder { get; init; }

    /// <summary>Starts to watch for the moment when standard output loses its reader.</summary>
    public Func<CancellationToken> WatchReader { get; init; } = () => CancellationToken.None;

    /// <summary>How many cells a line of the terminal has; null where there is none.</summary>
    public Func<int?> FindWidth { get; init; } = () => null;

    /// <summary>How many lines the terminal has; null where there is none.</summary>
    public Func<int?> FindHeight { get; init; } = () => null;

    public ReconnectPolicy Reconnect { get; init; } = ReconnectPolicy.Default;

    public static CliEnvironment OfThisProcess() =>
        new()
        {
            Out = StandardStreams.OpenOutput(),
            Error = StandardStreams.OpenError(),
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            OpenInput = StandardStreams.OpenInput,
            InIsTerminal = StandardStreams.HasInput && !Console.IsInputRedirected,
            Variable = Environment.GetEnvironmentVariable,
            FindFolder = () => Environment.CurrentDirectory,
            WatchReader = StandardStreams.WatchReader,
            FindWidth = FindTerminalWidth,
            FindHeight = FindTerminalHeight,
        };

    /// <summary>The variable's text, or null where it is unset or empty.</summary>
    public string? Text(string variable) => Variable(variable) is { Length: > 0 } text ? text : null;

    private static int? FindTerminalHeight() =>
        Console.IsOutputRedirected || Console.WindowHeight <= 0 ? null : Console.WindowHeight;

    private static int? FindTerminalWidth() =>
        Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
}
