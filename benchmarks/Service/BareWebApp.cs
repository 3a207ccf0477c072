using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Trainyard.Benchmarks.Service;

/// <summary>What start-up is held against: an ASP.NET Core program with one route and nothing else.</summary>
internal static class BareWebApp
{
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/health", () => "ok");
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on {app.Urls.First()}"));
        await app.RunAsync();
        return 0;
    }
}
