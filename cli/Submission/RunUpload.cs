using System.Net.Http.Headers;
using Trainyard.Cli.Commands;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Contracts;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Sends a manifest and a model archive. A connection that breaks on the way is taken up again: the service knows
/// by the key that it is the same submission, and starts one run.
/// </summary>
internal sealed class RunUpload(Session session, byte[] manifest, OutgoingArchive archive)
{
    private const int BufferSize = 128 * 1024;
    private readonly string key = Guid.NewGuid().ToString("N");
    private long sent;

    public Task<ServiceAnswer<RunResource>> SendAsync(CancellationToken cancellationToken) =>
        ProgressScreen.UploadAsync(
            session.Terminal,
            new FileInfo(archive.File).Length,
            progress => SendAsync(progress, cancellationToken)
        );

    private async Task<ServiceAnswer<RunResource>> SendAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        var policy = session.Surroundings.Reconnect;
        var started = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var content = Create(bytes => progress(Count(bytes)));
                return await session.Service.SubmitAsync(content, key, cancellationToken);
            }
            // Where nothing could be sent at all, no service is there.
            catch (CliFailure failure)
                when (failure.ExitCode is ExitCode.Unreachable
                    && attempt + sent > 0
                    && TimeProvider.System.GetElapsedTime(started) < policy.GiveUpAfter
                )
            {
                if (attempt == 0)
                    session.Terminal.ErrorLine(
                        "The connection to the service broke; sending again when it is back ..."
                    );
                progress(-sent);
                sent = 0;
                await Task.Delay(policy.WaitBefore(attempt), cancellationToken);
            }
        }
    }

    private long Count(long bytes)
    {
        sent += bytes;
        return bytes;
    }

    private MultipartFormDataContent Create(Action<long> read)
    {
        // The manifest goes first, so that a service can refuse it before it reads the archive.
        var yaml = new ByteArrayContent(manifest);
        yaml.Headers.ContentType = new MediaTypeHeaderValue("application/x-yaml");
        var file = new FileStream(
            archive.File,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            BufferSize,
            useAsync: true
        );
        var zip = new StreamContent(new CountingStream(file, read), BufferSize);
        zip.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return new MultipartFormDataContent
        {
            { yaml, "manifest", "manifest.yaml" },
            { zip, "model_definition", "model.zip" },
        };
    }
}
