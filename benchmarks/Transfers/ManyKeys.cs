using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>
/// A bucket of 100,000 empty objects, whose server only lists: what is left of the download is the pages of addresses, and a
/// file for each object.
/// </summary>
internal static class ManyKeys
{
    private const int Objects = 100_000;
    private const int PageSize = 1000;

    public static async Task MeasureAsync(SwiftServer server, int runs)
    {
        await using var lister = await StartAsync();
        await using var service = await TrainingService.StartAsync(server, ("Agent__MaxCacheBytes", "0"));
        var set = new DataSet("keys", Objects, 0);
        var samples = new List<Sample>();
        for (var run = 0; run < runs; run++)
        {
            samples.Add(await Download.TimeAsync(service, set, new Uri(lister.Urls.First())));
        }
        Sample.Print(
            $"{set.Objects.ToString("N0", CultureInfo.InvariantCulture)} empty objects, lease to command started",
            samples
        );
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/{bucket}", ListAsync);
        await app.StartAsync();
        return app;
    }

    private static Task ListAsync(HttpContext context)
    {
        var token = context.Request.Query["continuation-token"].ToString();
        var from = token.Length == 0 ? 0 : int.Parse(token, CultureInfo.InvariantCulture);
        var most = int.Parse(context.Request.Query["max-keys"].ToString(), CultureInfo.InvariantCulture);
        var end = Math.Min(from + Math.Min(most, PageSize), Objects);
        var xml = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult><Name>keys</Name>");
        for (var i = from; i < end; i++)
        {
            xml.Append(
                CultureInfo.InvariantCulture,
                $"<Contents><Key>folder-{i % 100:D3}/object-{i:D6}.bin</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>"
            );
        }
        var next = end < Objects ? $"<NextContinuationToken>{end}</NextContinuationToken>" : "";
        xml.Append($"<IsTruncated>{(end < Objects ? "true" : "false")}</IsTruncated>{next}</ListBucketResult>");
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(xml.ToString());
    }
}
