using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET / and /web/{file}: the page's files. They hold no user data and need no key.</summary>
public sealed class GetPage(PageFiles files)
{
    // Forbids other hosts, inline code and framing: a run's text that got into the page as markup could do nothing.
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
        // Browsers revalidate each time and get a 304 while the file is unchanged, so a new version shows at once.
        headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.MediaType, entityTag: new EntityTagHeaderValue(file.EntityTag));
    }
}
