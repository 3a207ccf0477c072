using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>No route answers without a key but /health and the page, which holds nothing of anybody. The routes are the functions' own: a new one cannot be forgotten.</summary>
public sealed partial class RoutesTests : IAsyncLifetime
{
    private Service _service = null!;

    public async Task InitializeAsync() => _service = await Service.Start();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Every_route_but_health_and_the_page_asks_for_a_key()
    {
        var routes = Routes().ToList();
        Assert.True(routes.Count >= 15, $"Only {routes.Count} routes found.");

        var open = new List<string>();
        foreach (var (method, path) in routes)
        {
            var without = await Ask(method, path, null);
            var wrong = await Ask(method, path, "ty_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
            if (without != HttpStatusCode.Unauthorized || !Refusals(path).Contains(wrong))
            {
                open.Add($"{method} {path}: {(int)without} without a key, {(int)wrong} with a wrong one");
            }
        }

        Assert.Equal(
            [
                "GET : 200 without a key, 200 with a wrong one",
                "GET health: 200 without a key, 200 with a wrong one",
                "GET web/app.js: 200 without a key, 200 with a wrong one",
                "HEAD : 200 without a key, 200 with a wrong one",
                "HEAD health: 200 without a key, 200 with a wrong one",
                "HEAD web/app.js: 200 without a key, 200 with a wrong one",
            ],
            open.Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("POST", "admin/functions/ExpireLeases")]
    [InlineData("GET", "admin/functions")]
    [InlineData("GET", "admin/host/status")]
    public async Task The_host_s_own_routes_ask_for_a_key_or_are_not_there(string method, string path) =>
        Assert.Contains(
            await Ask(new HttpMethod(method), path, null),
            new[] { HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed }
        );

    private static IEnumerable<(HttpMethod Method, string Path)> Routes() =>
        from type in Assembly.Load("Trainyard.Functions").GetTypes()
        from function in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        where function.GetCustomAttribute<FunctionAttribute>() is not null
        from parameter in function.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        from method in trigger.Methods ?? ["get", "post"]
        select (new HttpMethod(method.ToUpperInvariant()), Parameter().Replace(trigger.Route ?? "", Example));

    // The key of an attempt's routes is its lease: a wrong one cannot be told from one that is over.
    private static HttpStatusCode[] Refusals(string path) =>
        path.Contains("/attempts/")
            ? [HttpStatusCode.Unauthorized, HttpStatusCode.Gone]
            : [HttpStatusCode.Unauthorized];

    private static string Example(Match parameter) =>
        parameter.Value switch
        {
            var text when text.Contains("attempt") => "1",
            var text when text.Contains("maxlength(0)") => "",
            "{file}" => "app.js",
            _ => "training-aaaaaaaaa",
        };

    private async Task<HttpStatusCode> Ask(HttpMethod method, string path, string? key)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var answer = await _service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
