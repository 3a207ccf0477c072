using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Settings;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Containers;

/// <summary>Pulls the images of runs from their registries, and caches them for later runs.</summary>
internal sealed class ContainerImages(
    IContainerEngine engine,
    ImageCache cache,
    AgentOptions options,
    TimeProvider time,
    ILogger logger
)
{
    private const int MostLines = 100;

    /// <summary>Gets the image that a name stands for now. The image stays on the node until it is disposed.</summary>
    /// <param name="wanted">The image as the manifest names it.</param>
    /// <param name="folder">A private folder for the login.</param>
    /// <param name="say">Gets lines for the run's log.</param>
    /// <param name="cancellationToken">Cancels the pull.</param>
    /// <exception cref="ImageFailedException">The image is not available, or is for another platform.</exception>
    /// <exception cref="ImageHasNoRoomException">The disk is full.</exception>
    public async Task<HeldImage> HoldAsync(
        NodeImage wanted,
        string folder,
        Action<string> say,
        CancellationToken cancellationToken
    )
    {
        var name = ImageName.Of(wanted.Name);
        var before = await engine.FindImageAsync(name.Text, cancellationToken);
        var isOurs = before is null || cache.Has(before.Id);
        var begin = time.GetTimestamp();
        if (!name.IsLocal)
        {
            say($"Pulling the image {name.Text}.");
            await PullAsync(name, wanted, before, folder, say, cancellationToken);
        }
        var image =
            await engine.FindImageAsync(name.Text, cancellationToken)
            ?? throw new ImageFailedException(
                $"The image '{wanted.Name}' is not on this node, and belongs to no registry."
            );
        var took = time.GetElapsedTime(begin).TotalSeconds;
        say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The image is {image.Digest}, {image.Bytes / 1e6:N1} MB, there after {took:N1} s."
            )
        );
        CheckPlatform(wanted.Name, image);
        var isNew = before?.Id != image.Id;
        var held = cache.Hold(image, name.Text, isOurs || isNew, isPublic: wanted.UserName is null);
        await cache.TrimAsync(engine, cancellationToken);
        return held;
    }

    private async Task PullAsync(
        ImageName name,
        NodeImage wanted,
        LocalImage? before,
        string folder,
        Action<string> say,
        CancellationToken cancellationToken
    )
    {
        using var login = RegistryLogin.Write(folder, name, wanted);
        var answer = await PullAsync(name, login?.File, say, cancellationToken);
        if (answer.ExitCode != 0 && PullFailure.IsNoRoom(answer) && await cache.ClearAsync(engine, cancellationToken))
        {
            say("The node's disk was full; images that no run uses have made room. Pulling again.");
            answer = await PullAsync(name, login?.File, say, cancellationToken);
        }
        if (answer.ExitCode == 0)
        {
            return;
        }
        NodeLog.PullFailed(logger, name.Text, answer.Words);
        if (PullFailure.IsNoRoom(answer))
        {
            throw new ImageHasNoRoomException($"the node's disk has no room for the image '{wanted.Name}'");
        }
        // Where the registry demands a login, an earlier run's pull does not entitle this run to the image.
        if (before is null || PullFailure.IsRefusal(answer) || !cache.IsPublic(before.Id))
        {
            throw new ImageFailedException(PullFailure.Describe(wanted.Name, answer));
        }
        say($"The registry does not answer ({answer.Words}): the image that was pulled before is used.");
    }

    private async Task<EngineAnswer> PullAsync(
        ImageName name,
        string? loginFile,
        Action<string> say,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.ImagePullTimeout);
        var lines = 0;
        try
        {
            return await engine.PullAsync(
                name,
                loginFile,
                line =>
                {
                    if (Interlocked.Increment(ref lines) <= MostLines)
                    {
                        say("  " + Files.PrintableText.Of(line));
                    }
                },
                deadline.Token
            );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ImageFailedException(
                $"The image '{name.Text}' was not there after {options.ImagePullTimeout:c}: its registry is too slow, or gives nothing."
            );
        }
    }

    private static void CheckPlatform(string name, LocalImage image)
    {
        var here = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "linux/amd64",
            Architecture.Arm64 => "linux/arm64",
            var other => $"linux/{other.ToString().ToLowerInvariant()}",
        };
        if (image.Platform != here)
        {
            throw new ImageFailedException($"The image '{name}' is for {image.Platform}; this node is {here}.");
        }
    }
}
