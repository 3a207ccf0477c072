using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Trainyard.Storage.Sqlite;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>Very many results and a very large one: stored, verified, and what that took of history and memory.</summary>
internal static class Tree
{
    private const string EmptyBucket = "benchmark-nothing";
    private const int PieceBytes = 1 << 20;

    public static async Task MeasureAsync(SwiftServer server, int files, int gibibytes)
    {
        using (var swift = await SwiftClient.Login(server))
        {
            await swift.PutContainer(EmptyBucket);
        }
        var holes = ((gibibytes + 1L) << 30).ToString(CultureInfo.InvariantCulture);
        await using var service = await TrainingService.StartAsync(server, ("Agent__MaxHoleBytes", holes));
        await using var use = ServiceUse.Begin(service);
        var run = await service.RunAsync(EmptyBucket, Command(files, gibibytes));
        var seconds = (run.CompletedAt - run.Moment("ended")).TotalSeconds;
        var sample = await use.EndAsync(seconds);
        var id = run.Run.Metadata.Guid;
        Console.WriteLine(
            $"{files:N0} files and one of {gibibytes} GiB: {await VerifyAsync(server, id, files, gibibytes)}"
        );
        var staged = (
            run.Run.Entity.Status.History.Last(p => p.Phase == "STORING").At - run.Moment("ended")
        ).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"from the command's end to completed: {seconds:0.0} s, of which {staged:0.0} s on the node"
            )
        );
        Console.WriteLine($"histories: {Histories(service.Home, id)}");
        Sample.Print("all of it", [sample]);
    }

    private static string Command(int files, int gibibytes) =>
        "cd $RESULT_DIR; python3 -c '"
        + $"import os\nfor i in range({files}):\n"
        + " d = \"tree/%03d\" % (i // 500); i % 500 or os.makedirs(d); open(\"%s/%05d\" % (d, i), \"w\").write(str(i))'; "
        + $"truncate -s {gibibytes}G large; echo ended $(date +%s%N)";

    // Every name of the list is in the bucket and no other is; the large one's bytes, read back, are what was written.
    private static async Task<string> VerifyAsync(SwiftServer server, string id, int files, int gibibytes)
    {
        using var swift = await SwiftClient.Login(server);
        var list = JsonNode.Parse(await swift.Get(TrainingService.ResultsBucket, $"{id}/_manifest.json"))!;
        var listed = list["files"]!.AsArray().ToDictionary(f => $"{id}/{f!["path"]}", f => (string)f!["sha256"]!);
        var stored = await swift.ListAll(TrainingService.ResultsBucket, id);
        if (!listed.Keys.Append($"{id}/_manifest.json").ToHashSet().SetEquals(stored))
        {
            throw new InvalidOperationException($"{stored.Count} objects are stored and {listed.Count} listed.");
        }
        await using var large = await swift.Open(TrainingService.ResultsBucket, $"{id}/large");
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(large));
        var wrong = Enumerable.Range(0, files).Count(i => listed[$"{id}/tree/{i / 500:D3}/{i:D5}"] != Sha256($"{i}"));
        return found == listed[$"{id}/large"] && found == OfZeros(gibibytes) && wrong == 0
            ? "all verified"
            : throw new InvalidOperationException($"{wrong} files have another hash, or the large one has.");
    }

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)));

    private static string OfZeros(int gibibytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        for (var i = 0; i < gibibytes * 1024; i++)
        {
            hash.AppendData(piece);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Histories(string home, string id)
    {
        using var connection = SqliteConnection.Open(Path.Combine(home, "Trainyard.db"), readOnly: true);
        using var rows = connection.Prepare(
            "SELECT i.id, count(*), sum(length(h.data)) FROM history h JOIN instances i ON i.seq = h.seq "
                + "WHERE i.id LIKE ? GROUP BY i.id ORDER BY i.id"
        );
        rows.Bind(id + "%");
        var told = new List<string>();
        while (rows.Step())
        {
            told.Add($"{rows.GetString(0)[id.Length..]} {rows.GetInt64(1)} turns, {rows.GetInt64(2) / 1024} KiB");
        }
        return string.Join("; ", told);
    }
}
