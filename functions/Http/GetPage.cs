using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET / and /web/{file}: the page. It holds nothing of anybody and answers without a key.</summary>
public sealed class GetPage(PageFiles files)
{
    // Nothing from another host, nothing inline, in no other page's frame: a run's text that got into the page as markup
    // could still do nothing.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    [Function(nameof(GetPage))]
    public IResult Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Page)] HttpRequest request
    ) => Answer(request, PageFiles.Start);

    [Function("GetPageFile")]
    public IResult File(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.PageFile)] HttpRequest request,
        string file
    ) => Answer(request, file);

    private IResult Answer(HttpRequest request, string name)
    {
        if (files.Find(name) is not { } file)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "route_not_found", "The service has no such path.");
        }
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Asked for again each time, answered by 304 while it is the same: a new version is seen at once.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.MediaType, entityTag: new EntityTagHeaderValue(file.EntityTag));
    }
}
