using System.Collections.Concurrent;
using System.Diagnostics;
using Trainyard.Chaos.Checks;
using Trainyard.Chaos.Faults;
using Trainyard.Chaos.Runs;
using Trainyard.Chaos.World;

namespace Trainyard.Chaos;

/// <summary>One campaign: users submit runs, everything around them goes wrong, and at the end all must be right.</summary>
internal sealed class Campaign(CampaignOptions options, Yard yard, TextWriter output)
{
    private static readonly byte[] SmallData = "forty-two\n"u8.ToArray();

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<string> _notes = new();

    public static async Task<CampaignReport> RunAsync(
        CampaignOptions options,
        TextWriter output,
        CancellationToken stop
    )
    {
        var notes = new ConcurrentQueue<string>();
        await using var yard = await Yard.StartAsync(notes.Enqueue, stop);
        var campaign = new Campaign(options, yard, output);
        var report = await campaign.RunAsync(stop);
        report = report with { Notes = [.. notes, .. report.Notes] };
        if (report.Violations.Count > 0 && options.Keep is { } folder)
        {
            yard.KeepIn(folder);
        }
        return report;
    }

    private async Task<CampaignReport> RunAsync(CancellationToken stop)
    {
        Say(
            $"seed {options.Seed}; hosts of their own: {yard.Host?.Name ?? "none"}; sized disks: {yard.ServiceDisk.IsSized}; S3: {yard.HasStore}; clock: {yard.CanSetClock}"
        );
        await PutDataAsync();
        var client = new Client(yard, options.LiveRuns, options.Seed, _notes.Enqueue);
        var injector = new FaultInjector(yard, options, Say);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ends.CancelAfter(options.Duration);
        using var noMore = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();

        var users = client.WorkAsync(noMore.Token, giveUp.Token);
        await injector.WorkAsync(ends.Token);
        await ThrowIfToldAsync(users, giveUp, stop);
        yard.Heal();
        await noMore.CancelAsync();
        giveUp.CancelAfter(options.SettlesWithin);
        Say(
            $"{injector.Total} faults; waiting for {client.Runs.Count(run => !run.IsEnded)} of {client.Runs.Count} runs"
        );
        while (!users.IsCompleted)
        {
            foreach (var program in yard.Programs)
            {
                program.Revive();
            }
            await Task.WhenAny(users, Task.Delay(1000, stop));
            await ThrowIfToldAsync(users, giveUp, stop);
        }

        await users;
        var violations = await CheckAsync(client);
        return new CampaignReport(options, _watch.Elapsed, injector.Counts, client.Runs, [.. _notes], violations);
    }

    // The users end first: none may ask for what is taken away.
    private async Task ThrowIfToldAsync(Task users, CancellationTokenSource giveUp, CancellationToken stop)
    {
        if (!stop.IsCancellationRequested)
        {
            return;
        }
        foreach (var program in yard.Programs)
        {
            program.Kill();
        }
        await giveUp.CancelAsync();
        await users;
        stop.ThrowIfCancellationRequested();
    }

    private async Task<List<string>> CheckAsync(Client client)
    {
        var found = new List<string>(client.Refusals);
        found.AddRange(client.Runs.Where(run => !run.IsEnded).Select(run => $"stuck: {run}"));
        var listed = await client.LookAsync() ?? throw new IOException("The service does not list its runs.");
        found.AddRange(client.Runs.Where(run => !listed.Contains(run.Id)).Select(run => $"lost: {run}"));
        if (listed.Count > client.Runs.Count)
        {
            found.Add($"doubled: {listed.Count} runs are listed, {client.Runs.Count} were submitted");
        }
        var files = new FileBucket(Path.Combine(yard.Home, "buckets", Submission.ResultsBucket));
        foreach (var run in client.Runs.Where(run => run.IsEnded))
        {
            found.AddRange(
                await RunCheck.FindAsync(run, run.OnS3 ? new SwiftBucket(yard.Store, Submission.ResultsBucket) : files)
            );
        }
        found.AddRange(await LeftoverCheck.FindAsync(yard, client.Runs));
        return found;
    }

    private async Task PutDataAsync()
    {
        var folder = Directory
            .CreateDirectory(Path.Combine(yard.Home, "buckets", Submission.DataBucket, "deep"))
            .FullName;
        Directory.CreateDirectory(Path.Combine(yard.Home, "buckets", Submission.ResultsBucket));
        var large = new byte[3_000_000];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(folder, "..", "a.txt"), SmallData);
        await File.WriteAllBytesAsync(Path.Combine(folder, "b.bin"), large);
        if (!yard.HasStore)
        {
            return;
        }
        foreach (
            var container in (string[])
                [Submission.DataBucket, Submission.ResultsBucket, Submission.ResultsBucket + "+segments"]
        )
        {
            await yard.Store.PutContainer(container);
        }
        await yard.Store.Put(Submission.DataBucket, "a.txt", SmallData);
        await yard.Store.Put(Submission.DataBucket, "deep/b.bin", large);
    }

    private void Say(string what) => output.WriteLine($"{_watch.Elapsed:mm\\:ss} {what}");
}
