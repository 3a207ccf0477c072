using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>The page behind a proxy that puts a path before the service.</summary>
[Collection(YardCollection.Name)]
public sealed class PrefixTests(Yard yard)
{
    private const string Prefix = "/lab/trainyard/";

    [RequiresChromiumFact]
    public async Task The_page_works_below_a_path()
    {
        await using var proxy = await StartProxy();
        await using var tab = await yard.Browser.Open(new Uri(proxy.Urls.Single() + Prefix));
        await tab.SignIn(yard.Key);

        await tab.Go($"runs/{yard.Completed}");
        await Expect(tab.Heading).ToHaveTextAsync("baseline");
        await Expect(tab.Page.Locator(".log")).ToContainTextAsync("step 59");
        await Expect(tab.Page.Locator(Tab.Curves)).ToHaveCountAsync(2);
        tab.AssertQuiet();
    }

    private async Task<WebApplication> StartProxy()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Map(Prefix + "{**path}", (HttpContext http, string? path) => Forward(http, path ?? ""));
        await app.StartAsync();
        return app;
    }

    private async Task Forward(HttpContext http, string path)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method),
            new Uri(yard.Service.Address, path + http.Request.QueryString)
        );
        foreach (var header in (string[])["Authorization", "Accept"])
        {
            request.Headers.TryAddWithoutValidation(header, http.Request.Headers[header].ToString());
        }
        using var answer = await yard.Service.Http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            http.RequestAborted
        );
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        http.Response.Headers.ContentSecurityPolicy = answer.Headers.TryGetValues(
            "Content-Security-Policy",
            out var policy
        )
            ? string.Join(' ', policy)
            : null;
        await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
