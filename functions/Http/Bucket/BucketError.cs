using Microsoft.AspNetCore.Http;

namespace Trainyard.Functions.Http.Bucket;

/// <summary>An error in the form that S3 clients read.</summary>
internal sealed record BucketError(int Status, string Code, string Message)
{
    public static BucketError Unsigned { get; } =
        new(
            StatusCodes.Status401Unauthorized,
            "AccessDenied",
            "Sign the request with the keys of the run's training_results_reference."
        );

    public static BucketError BadSignature { get; } =
        new(
            StatusCodes.Status403Forbidden,
            "SignatureDoesNotMatch",
            "The keys are over or none of this service's, or the signature is not of this request: ask for the run again."
        );

    public static BucketError NoSuchKey { get; } =
        new(StatusCodes.Status404NotFound, "NoSuchKey", "These keys open the run's two log files only.");

    public Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = "application/xml";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.WriteAsync(
                $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{Code}</Code><Message>{Message}</Message></Error>""",
                http.RequestAborted
            );
    }
}
