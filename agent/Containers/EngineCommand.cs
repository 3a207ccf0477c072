using System.Diagnostics;
using System.Text;

namespace Trainyard.Agent.Containers;

/// <summary>Runs an engine's program to its end and keeps what it says.</summary>
/// <param name="program">The program's path.</param>
/// <param name="globals">Options that come before every command.</param>
internal sealed class EngineCommand(string program, IReadOnlyList<string> globals)
{
    /// <summary>What takes longer than this hangs; pulls have a bound of their own.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The whole command line.</summary>
    public IReadOnlyList<string> Line(params IEnumerable<string> arguments) => [program, .. globals, .. arguments];

    /// <summary>The same program with other options before every command.</summary>
    public EngineCommand With(params string[] options) => new(program, [.. globals, .. options]);

    /// <exception cref="EngineException">It did not end in a minute.</exception>
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

    /// <summary>Until it ends, or is killed with the token.</summary>
    /// <param name="arguments">After the program's name.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <param name="line">Gets each line that it prints as an error or as progress.</param>
    /// <param name="cancellationToken">Kills it.</param>
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
            // It ended before it read; its exit code says more.
        }
    }
}

/// <summary>How an engine's command ended, and the ends of what it printed.</summary>
internal sealed record EngineAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>Its last words, without the mark of an error.</summary>
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

/// <summary>The engine does not do what it is for.</summary>
internal sealed class EngineException(string message) : Exception(message);
