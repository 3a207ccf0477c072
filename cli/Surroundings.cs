using Trainyard.Cli.Following;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli;

/// <summary>What <c>bx</c> sees of the process it runs in.</summary>
internal sealed record Surroundings
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

    /// <summary>The folder that relative paths are meant from.</summary>
    public required string Folder { get; init; }

    public ReconnectPolicy Reconnect { get; init; } = ReconnectPolicy.Default;

    public static Surroundings OfThisProcess() =>
        new()
        {
            Out = Console.Out,
            Error = Console.Error,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            OpenInput = () => Console.In,
            InIsTerminal = !Console.IsInputRedirected,
            Variable = Environment.GetEnvironmentVariable,
            Folder = Environment.CurrentDirectory,
        };

    /// <summary>The variable's text, or null where it is unset or empty.</summary>
    public string? Text(string variable) => Variable(variable) is { Length: > 0 } text ? text : null;
}
