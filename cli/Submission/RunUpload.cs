using System.Net.Http.Headers;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Sends a manifest and a model archive. A connection that breaks on the way is taken up again: the service knows
/// by the key that it is the same submission, and starts one run.
/// </summary>
internal sealed class RunUpload(Session session, byte[] manifest, OutgoingArchive archive)
{
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);
    private readonly string _key = Guid.NewGuid().ToString("N");
    private long _sent;

    public Task<ServiceAnswer<RunResource>> SendAsync(CancellationToken cancellationToken) =>
        ProgressScreen.UploadAsync(
            session.Terminal,
            archive.Length,
            progress => SendAsync(progress, cancellationToken)
        );

    private async Task<ServiceAnswer<RunResource>> SendAsync(Action<long> progress, CancellationToken cancellationToken)
    {
        var policy = session.CliEnvironment.Reconnect;
        var started = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(progress, cancellationToken);
            }
            // If nothing could be sent at all, there is no service to retry.
            catch (CliFailure failure)
                when (failure.ExitCode is ExitCode.Unreachable
                    && attempt + _sent > 0
                    && TimeProvider.System.GetElapsedTime(started) < policy.GiveUpAfter
                )
            {
                if (attempt == 0)
                {
                    session.Note("The connection to the service broke; sending again when it is back ...");
                }
                progress(-_sent);
                _sent = 0;
                await Task.Delay(policy.WaitBefore(attempt), cancellationToken);
            }
        }
    }

    // An upload has no time limit while bytes are being sent.
    private async Task<ServiceAnswer<RunResource>> SendOnceAsync(
        Action<long> progress,
        CancellationToken cancellationToken
    )
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        using var content = Create(bytes =>
        {
            silence.CancelAfter(LongestSilence);
            progress(Count(bytes));
        });
        try
        {
            return await session.Service.SubmitAsync(content, _key, silence.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw session.Service.NoAnswerFor(LongestSilence);
        }
    }

    private long Count(long bytes)
    {
        _sent += bytes;
        return bytes;
    }

    private MultipartFormDataContent Create(Action<long> read)
    {
        // The manifest goes first, so that a service can refuse it before it reads the archive.
        var yaml = new ByteArrayContent(manifest);
        yaml.Headers.ContentType = new MediaTypeHeaderValue("application/x-yaml");
        var zip = new StreamContent(archive.Open(read), BufferSize);
        zip.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return new MultipartFormDataContent
        {
            { yaml, "manifest", "manifest.yaml" },
            { zip, "model_definition", "model.zip" },
        };
    }
}
