using Microsoft.AspNetCore.Http;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>Wire forms of the targets at which a node writes blobs without going through the service.</summary>
internal static class DirectTargets
{
    public static IResult InvalidBytes =>
        Problems.Of(
            StatusCodes.Status400BadRequest,
            "invalid_bytes",
            $"bytes is a file's length: 0 to {UploadRequest.MostBytes}."
        );

    public static UploadTarget Of(DirectUpload upload) =>
        new()
        {
            Url = upload.Url.AbsoluteUri,
            Headers = upload.Headers,
            Parts = [.. upload.Parts.Select(part => new UploadPart(part.Url.AbsoluteUri, part.Bytes))],
            Commit = upload.Commit,
        };

    public static AppendTarget Of(DirectAppend append, TimeSpan lifetime) =>
        new()
        {
            Url = append.Url.AbsoluteUri,
            Headers = append.Headers,
            PositionHeader = append.PositionHeader,
            LifetimeSeconds = lifetime.TotalSeconds,
        };
}
