using System.Diagnostics;
using System.Text;

namespace Trainyard.Agent.Containers;

/// <summary>Runs an engine's program to its end and keeps its output.</summary>
/// <param name="program">The program's path.</param>
/// <param name="globals">Options that come before every command.</param>
internal sealed class EngineCommand(string program, IReadOnlyList<string> globals)
{
    /// <summary>The time after which a command counts as hung; pulls have their own limit.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The whole command line.</summary>
    public IReadOnlyList<string> Line(params IEnumerable<string> arguments) => [program, .. globals, .. arguments];

    /// <summary>The same program with more options before every command.</summary>
    public EngineCommand With(params string[] options) => new(program, [.. globals, .. options]);

    /// <exception cref="EngineException">The command did not end within a minute.</exception>
    public async Task<EngineAnswer> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return await RunAsync(arguments, null, null, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException(
                $"{Path.GetFileName(program)} did not answer within {Patience.TotalSeconds} seconds"
            );
        }
    }

    /// <summary>Runs a command until it ends, or kills it when the token is canceled.</summary>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="input">The text for stdin; null for none.</param>
    /// <param name="line">Gets each line of stderr, where errors and progress go.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    public async Task<EngineAnswer> RunAsync(
        IEnumerable<string> arguments,
        byte[]? input,
        Action<string>? line,
        CancellationToken cancellationToken
    )
    {
        using var process = Process.Start(ToStartInfo(arguments))!;
        try
        {
            var output = BoundedText.ReadAsync(process.StandardOutput, null, cancellationToken);
            var errors = BoundedText.ReadAsync(process.StandardError, line, cancellationToken);
            await WriteAsync(process, input, cancellationToken);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(cancellationToken);
            return new EngineAnswer(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private ProcessStartInfo ToStartInfo(IEnumerable<string> arguments) =>
        new(program, [.. globals, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

    private static async Task WriteAsync(Process process, byte[]? input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? [], cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it read its input; its exit code says more.
        }
    }
}

/// <summary>The exit code of an engine's command, and the ends of its output and errors.</summary>
internal sealed record EngineAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>The last error line without its prefix, or the exit code when there is none.</summary>
    public string Words
    {
        get
        {
            var lines = Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var last =
                lines.LastOrDefault(l => l.StartsWith("Error", StringComparison.Ordinal)) ?? lines.LastOrDefault();
            return last is null ? $"exit code {ExitCode}"
                : last.StartsWith("Error: ", StringComparison.Ordinal) ? last["Error: ".Length..]
                : last.StartsWith("Error response from daemon: ", StringComparison.Ordinal)
                    ? last["Error response from daemon: ".Length..]
                : last;
        }
    }
}

/// <summary>The engine failed to do what it was asked for.</summary>
internal sealed class EngineException(string message) : Exception(message);
