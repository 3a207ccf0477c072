using System.Diagnostics;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Environments;

/// <summary>The virtual environments for runs that ask for packages.</summary>
internal sealed class PythonEnvironments(string work, AgentOptions options, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Question =
    [
        "-I",
        "-c",
        "import sys, venv, ensurepip; print(sys.version, sys.executable)",
    ];

    public EnvironmentCache Cache { get; } = new(Path.Combine(work, "environments"), options.MaxEnvironmentBytes, time);

    /// <summary>The tools with which this node installs packages at present.</summary>
    /// <exception cref="NoInstallerException">The node has no such tool.</exception>
    public static async Task<Installer> FindInstallerAsync(CancellationToken cancellationToken)
    {
        var hasUv = ProgramSearch.Find("uv") is not null;
        var python =
            ProgramSearch.Find("python3")
            ?? throw new NoInstallerException("this node has no Python to install packages for");
        // uv does not need Python's own modules for this.
        var answer = await AskAsync(
            python,
            hasUv ? [.. Question[..2], "import sys; print(sys.version, sys.executable)"] : Question,
            cancellationToken
        );
        return answer is null
            ? throw new NoInstallerException(
                "this node has neither uv nor a Python with venv and pip (Debian: python3-venv)"
            )
            : new Installer(hasUv, answer);
    }

    private static async Task<string?> AskAsync(string python, string[] arguments, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        using var process = Process.Start(
            new ProcessStartInfo(python, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var answer = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await errors;
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? answer.Trim() : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>The node has no tool to install packages.</summary>
internal sealed class NoInstallerException(string message) : Exception(message);
