using System.Net.Http.Headers;
using System.Text;
using Trainyard.Cli.Commands;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Core.Contracts;

namespace Trainyard.Cli.Submission;

/// <summary>Sends a manifest and a model archive: the parts and their order as <c>POST /v3/models</c> wants them.</summary>
internal static class RunSubmission
{
    private const int BufferSize = 128 * 1024;

    public static Task<ServiceAnswer<RunResource>> SendAsync(
        Session session,
        string manifest,
        OutgoingArchive archive,
        CancellationToken cancellationToken
    ) =>
        UploadBar.ShowAsync(
            session.Terminal,
            new FileInfo(archive.File).Length,
            async sent =>
            {
                using var content = Create(manifest, archive, sent);
                return await session.Service.SubmitAsync(content, cancellationToken);
            }
        );

    private static MultipartFormDataContent Create(string manifest, OutgoingArchive archive, Action<long> sent)
    {
        // The manifest goes first, so that a service can refuse it before it reads the archive.
        var yaml = new ByteArrayContent(Encoding.UTF8.GetBytes(manifest));
        yaml.Headers.ContentType = new MediaTypeHeaderValue("application/x-yaml");
        var file = new FileStream(
            archive.File,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            BufferSize,
            useAsync: true
        );
        var zip = new StreamContent(new CountingStream(file, sent), BufferSize);
        zip.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return new MultipartFormDataContent
        {
            { yaml, "manifest", "manifest.yaml" },
            { zip, "model_definition", "model.zip" },
        };
    }
}
