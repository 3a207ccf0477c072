using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class BlobTriggerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly TestHome _home = new();
    private readonly Recorder<Call> _calls = new();
    private BlobTriggerSettings _settings = new()
    {
        SettleTime = TimeSpan.FromMilliseconds(100),
        PollInterval = TimeSpan.FromMilliseconds(100),
        RetryDelay = TimeSpan.FromMilliseconds(20),
    };

    [Fact]
    public async Task A_new_file_runs_the_function_with_its_placeholders_and_content()
    {
        await using var app = await StartAsync(typeof(Drop));

        Write("alice/model.zip", "content");

        Assert.Equal(new Call("alice", "model.zip", "content"), await _calls.NextAsync());
    }

    [Fact]
    public async Task The_system_tells_of_new_files_long_before_the_next_look()
    {
        _settings = _settings with { PollInterval = TimeSpan.FromHours(1) };
        await using var app = await StartAsync(typeof(Drop));

        Write("alice/model.zip", "content");

        await _calls.NextAsync();
    }

    [Fact]
    public async Task Files_that_came_while_stopped_are_found()
    {
        Write("alice/model.zip", "content");
        await using var app = await StartAsync(typeof(Drop));

        await _calls.NextAsync();
    }

    [Fact]
    public async Task An_unchanged_file_does_not_fire_again_after_a_restart()
    {
        Write("alice/model.zip", "content");
        await using (await StartAsync(typeof(Drop)))
        {
            await _calls.NextAsync();
        }

        await using var app = await StartAsync(typeof(Drop));
        Write("bob/after.zip", "later");

        Assert.Equal("bob", (await _calls.NextAsync()).Owner);
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task A_file_written_again_fires_again()
    {
        await using var app = await StartAsync(typeof(Drop));
        Write("alice/model.zip", "first");
        await _calls.NextAsync();

        Write("alice/model.zip", "second");

        Assert.Equal("second", (await _calls.NextAsync()).Content);
    }

    [Fact]
    public async Task A_file_that_still_grows_waits_until_it_is_whole()
    {
        _settings = _settings with { SettleTime = TimeSpan.FromMilliseconds(500) };
        await using var app = await StartAsync(typeof(Drop));
        var path = Write("alice/model.zip", "");
        var whole = new StringBuilder();

        for (var i = 0; i < 10; i++)
        {
            await File.AppendAllTextAsync(path, $"part {i};");
            whole.Append(System.Globalization.CultureInfo.InvariantCulture, $"part {i};");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(whole.ToString(), (await _calls.NextAsync()).Content);
    }

    [Fact]
    public async Task Hidden_and_temporary_names_are_passed_over()
    {
        await using var app = await StartAsync(typeof(Drop));

        Write("alice/.hidden.zip", "x");
        Write("alice/model.zip.part", "x");
        Write("alice/model.tmp", "x");
        Write(".git/model.zip", "x");
        Write("alice/seen.zip", "x");

        Assert.Equal("seen.zip", (await _calls.NextAsync()).Name);
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task A_failure_is_tried_again_until_it_succeeds()
    {
        await using var app = await StartAsync(typeof(FailsTwice));

        Write("alice/model.zip", "content");

        Assert.Equal("0 of 4", (await _calls.NextAsync()).Content);
        Assert.Equal("1 of 4", (await _calls.NextAsync()).Content);
        Assert.Equal("2 of 4", (await _calls.NextAsync()).Content);
        await ReceiptAsync("Done");
    }

    [Fact]
    public async Task After_five_failures_the_file_is_poison_and_left_alone_after_a_restart_too()
    {
        Write("alice/model.zip", "content");
        await using (await StartAsync(typeof(AlwaysFails)))
        {
            for (var i = 0; i < 5; i++)
            {
                await _calls.NextAsync();
            }
            Assert.Contains("always so", await ReceiptAsync("Poison"));
        }

        await using var app = await StartAsync(typeof(AlwaysFails));
        Write("bob/other.zip", "content");

        Assert.Equal("bob", (await _calls.NextAsync()).Owner);
    }

    [Fact]
    public async Task Bytes_and_text_are_given_whole()
    {
        await using var app = await StartAsync(typeof(Whole));

        Write("alice/a.txt", "ä");

        var calls = new[] { await _calls.NextAsync(), await _calls.NextAsync() };
        Assert.Equal(["2", "ä"], calls.Select(call => call.Content).Order());
    }

    [Fact]
    public async Task A_parameter_that_is_no_placeholder_stops_the_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(typeof(NoSuchPlaceholder)));

        Assert.Contains("'onwer'", failure.Message);
    }

    [Fact]
    public async Task A_file_put_there_again_after_it_was_removed_fires_again()
    {
        await using var app = await StartAsync(typeof(Drop));
        var path = Write("alice/model.zip", "content");
        var modified = File.GetLastWriteTimeUtc(path);
        await _calls.NextAsync();
        await ReceiptAsync("Done");

        File.Delete(path);
        await Eventually.Be("the receipt is gone", () => Receipts().Length == 0, Deadline);
        File.SetLastWriteTimeUtc(Write("alice/model.zip", "content"), modified);

        await _calls.NextAsync();
    }

    public void Dispose() => _home.Dispose();

    private Task<TestApp> StartAsync(params Type[] functions) =>
        TestApp.StartAsync(
            _home,
            ownsHome: false,
            settings => settings with { Blobs = _settings },
            builder => builder.Services.AddSingleton(_calls),
            functions
        );

    private string Write(string name, string content)
    {
        var path = Path.Combine(_home.Path, "drop", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private string[] Receipts() =>
        Directory.GetFiles(Path.Combine(_home.Path, "receipts"), "*.json", SearchOption.AllDirectories);

    private Task<string> ReceiptAsync(string outcome) =>
        Eventually.Get(
            $"a receipt that says {outcome}",
            () =>
                Task.FromResult(
                    Receipts().Select(File.ReadAllText).FirstOrDefault(receipt => receipt.Contains(outcome))
                ),
            Deadline
        );

    public sealed record Call(string Owner, string Name, string Content);

    public sealed class Drop(Recorder<Call> calls)
    {
        [Function("Drop")]
        public async Task RunAsync(
            [BlobTrigger("drop/{owner}/{name}", Connection = "Drop")] Stream content,
            string owner,
            string name,
            CancellationToken cancellationToken
        )
        {
            using var reader = new StreamReader(content);
            calls.Add(new Call(owner, name, await reader.ReadToEndAsync(cancellationToken)));
        }
    }

    public sealed class FailsTwice(Recorder<Call> calls)
    {
        [Function("FailsTwice")]
        public void Run(
            [BlobTrigger("drop/{owner}/{name}")] string content,
            string owner,
            string name,
            FunctionContext context
        )
        {
            var retry = context.RetryContext;
            calls.Add(new Call(owner, name, $"{retry.RetryCount} of {retry.MaxRetryCount}"));
            if (retry.RetryCount < 2)
            {
                throw new InvalidOperationException("not yet");
            }
        }
    }

    public sealed class AlwaysFails(Recorder<Call> calls)
    {
        [Function("AlwaysFails")]
        public void Run([BlobTrigger("drop/{owner}/{name}")] Stream content, string owner, string name)
        {
            calls.Add(new Call(owner, name, ""));
            throw new InvalidOperationException("always so");
        }
    }

    public sealed class Whole(Recorder<Call> calls)
    {
        [Function("Bytes")]
        public void Bytes([BlobTrigger("drop/{path}")] byte[] content, string path) =>
            calls.Add(new Call("", path, $"{content.Length}"));

        [Function("Text")]
        public void Text([BlobTrigger("drop/{path}")] string content, string path) =>
            calls.Add(new Call("", path, content));
    }

    public sealed class NoSuchPlaceholder
    {
        [Function("NoSuchPlaceholder")]
        public void Run([BlobTrigger("drop/{owner}/{name}")] Stream content, string onwer) { }
    }
}
