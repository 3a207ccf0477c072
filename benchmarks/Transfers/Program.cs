using Trainyard.Benchmarks.Transfers;
using Trainyard.Tests.Shared.Servers;

// dotnet run -c Release --project benchmarks/Transfers [-- RUNS [SET...] [WAY...]]: medians of RUNS (default 5), SETs large, small, WAYs down, up.
// tree [FILES [GIB]]: so many results and one of so many GiB, without a peer.
var runs = args.Length > 0 && args[0] != "tree" ? int.Parse(args[0]) : 5;
var sets = DataSet.All.Where(s => args.Contains(s.Name)).ToList() is { Count: > 0 } named ? named : DataSet.All;
var ways = args.Intersect(["down", "up"]).ToList() is { Count: > 0 } chosen ? chosen : ["down", "up"];
if (SwiftServer.Missing is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}
var server = new SwiftServer();
await server.InitializeAsync();
try
{
    if (args is ["tree", ..])
    {
        var (files, gibibytes) = (
            args.Length > 1 ? int.Parse(args[1]) : 50_000,
            args.Length > 2 ? int.Parse(args[2]) : 20
        );
        await Tree.MeasureAsync(server, files, gibibytes);
        return 0;
    }
    foreach (var set in sets)
    {
        if (ways.Contains("down"))
        {
            await Download.MeasureAsync(server, set, runs);
            await Cached.MeasureAsync(server, set, runs);
        }
        if (ways.Contains("up"))
        {
            await Upload.MeasureAsync(server, set, runs);
        }
    }
}
finally
{
    await server.DisposeAsync();
}
return 0;
