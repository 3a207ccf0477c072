using System.ComponentModel;
using System.Diagnostics;

namespace Trainyard.Agent.Facts;

/// <summary>Runs a program for its output, when it ends successfully and soon.</summary>
internal static class BoundedProgram
{
    private const int MostOutput = 256 * 1024;

    /// <returns>Null when the program is missing, fails, prints too much or does not end in time.</returns>
    public static async Task<string?> AskAsync(string program, IReadOnlyList<string> arguments, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        using var process = TryStart(program, arguments);
        if (process is null)
        {
            return null;
        }
        try
        {
            var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, deadline.Token);
            var output = new char[MostOutput];
            var read = await process.StandardOutput.ReadBlockAsync(output, deadline.Token);
            if (read == MostOutput)
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
            await errors;
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? new string(output, 0, read) : null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }
    }

    private static Process? TryStart(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start);
            process?.StandardInput.Close();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
    }
}
