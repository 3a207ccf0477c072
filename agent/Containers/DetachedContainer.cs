using System.Diagnostics;
using Trainyard.Agent.Files;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Containers;

/// <summary>A container that runs a command.</summary>
internal sealed class DetachedContainer(IContainerEngine engine, string container, string errors, TimeProvider time)
    : IDetachedCommand
{
    private const int MostErrors = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly string[] NotForThisMachine = ["exec format error"];
    private static readonly string[] NoShell =
    [
        "/bin/sh\": stat",
        "/bin/sh: no such file",
        "\"/bin/sh\": no such file",
    ];

    /// <exception cref="ImageFailedException">The image has nothing that can run a command.</exception>
    /// <exception cref="EngineException">The engine did not start the container.</exception>
    public async Task<int> FirstProcessAsync(Process client, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        for (var pause = Poll; time.GetElapsedTime(begin) < Patience; pause = Longer(pause))
        {
            var hasEnded = client.HasExited;
            if (await engine.InspectAsync(container, cancellationToken) is { Process: > 0, IsRunning: true } state)
            {
                return state.Process;
            }
            if (hasEnded)
            {
                throw Failure(Words());
            }
            await Task.Delay(pause, time, cancellationToken);
        }
        throw new EngineException(
            $"{engine.Fact.Engine} did not start a container within {Patience.TotalSeconds} seconds"
        );
    }

    public async Task<DetachedEnd?> EndAsync()
    {
        var begin = time.GetTimestamp();
        var state = await engine.InspectAsync(container, CancellationToken.None);
        // The first process is gone; the engine may notice it a moment later.
        while (state is { IsRunning: true } && time.GetElapsedTime(begin) < Patience / 6)
        {
            await Task.Delay(Poll, time, CancellationToken.None);
            state = await engine.InspectAsync(container, CancellationToken.None);
        }
        await engine.RemoveAsync(container, CancellationToken.None);
        return state is { IsRunning: false } ? new DetachedEnd(state.ExitCode, Usage(state)) : null;
    }

    internal static Exception Failure(string words) =>
        Has(words, NoShell)
            ? new ImageFailedException("The image holds no /bin/sh, and so nothing that could run a command.")
        : Has(words, NotForThisMachine)
            ? new ImageFailedException("The image's programs are not made for this node's kind of processor.")
        : new EngineException($"The container did not start: {PrintableText.Of(words)}");

    private ResourceUsage Usage(ContainerState state)
    {
        var usage = ContainerUsage.Read(Errors());
        return state.OutOfMemory && usage.OutOfMemoryKills == 0 ? usage with { OutOfMemoryKills = 1 } : usage;
    }

    private string Words() =>
        new EngineAnswer(0, "", string.Join('\n', Errors().Where(line => !ContainerUsage.IsLine(line)))).Words;

    // The command can write to this file too, through its first process, so only a limited part is read.
    private string[] Errors()
    {
        if (!File.Exists(errors))
        {
            return [];
        }
        using var reader = new StreamReader(errors);
        var text = new char[MostErrors];
        return new string(text, 0, reader.ReadBlock(text)).Split('\n');
    }

    private static bool Has(string words, string[] signs) =>
        signs.Any(sign => words.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
