using System.Text.RegularExpressions;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd.Harness;

/// <summary>The real command line, as its user runs it: the address and the key come from the state folder or <c>ML_*</c>.</summary>
internal sealed partial class Bx(string home, Uri address, string? key = null)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(90);

    /// <summary>The same command line as the owner of another key.</summary>
    public Bx As(string otherKey) => new(home, address, otherKey);

    public async Task<BxResult> Run(params string[] arguments)
    {
        await using var process = Start(arguments);
        var code = await process.WaitForExit(EndsWithin);
        return new BxResult(code, process.OutputLines, process.ErrorLines);
    }

    public ChildProcess Start(params string[] arguments)
    {
        var environment = new Dictionary<string, string?>
        {
            ["TRAINYARD_HOME"] = home,
            ["ML_ENV"] = address.ToString(),
            ["ML_USERNAME"] = key is null ? null : "anyone",
            ["ML_PASSWORD"] = key,
        };
        var process = ChildProcess.Start("dotnet", [Programs.Bx, .. arguments], environment);
        process.CloseInput();
        return process;
    }

    /// <summary>Submits, and gives the run's id.</summary>
    public async Task<string> Train(string model, string manifest)
    {
        var result = await Run("ml", "train", model, manifest);
        Assert.True(result.ExitCode == 0, result.ToString());
        return ModelId().Match(string.Join('\n', result.Out)).Groups["id"].Value;
    }

    [GeneratedRegex("^Model-ID is '(?<id>training-[A-Za-z0-9_-]{9})'", RegexOptions.Multiline)]
    private static partial Regex ModelId();
}

internal sealed record BxResult(int ExitCode, IReadOnlyList<string> Out, IReadOnlyList<string> Error)
{
    public override string ToString() =>
        $"exit {ExitCode}\n{string.Join('\n', Out)}\n--- stderr\n{string.Join('\n', Error)}";
}
