using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class TimerTriggerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);
    private readonly TestHome _home = new();
    private readonly ManualTime _time = new(Start);
    private readonly Recorder<TimerInfo> _calls = new();

    [Fact]
    public async Task A_timer_fires_when_it_is_due_and_not_before()
    {
        await using var app = await StartAsync(typeof(EveryFiveMinutes));

        await _time.AdvanceAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(0, _calls.Count);
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));

        var call = await _calls.NextAsync();
        Assert.False(call.IsPastDue);
        Assert.Equal(At("12:10:00"), call.ScheduleStatus!.Next);
    }

    [Fact]
    public async Task Occurrences_follow_each_other()
    {
        await using var app = await StartAsync(typeof(EveryFiveMinutes));

        for (var i = 0; i < 3; i++)
        {
            await _time.AdvanceAsync(TimeSpan.FromMinutes(5));
            await _calls.NextAsync();
        }

        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task What_was_missed_while_stopped_is_caught_up_once()
    {
        await (await StartAsync(typeof(EveryFiveMinutes))).DisposeAsync();
        var later = new ManualTime(Start.AddHours(1));
        await using var app = await StartAsync(later, typeof(EveryFiveMinutes));

        Assert.True((await _calls.NextAsync()).IsPastDue);
        await later.WaitForTimerAsync();
        Assert.Equal(0, _calls.Count);
        await later.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.False((await _calls.NextAsync()).IsPastDue);
    }

    [Fact]
    public async Task Nothing_is_caught_up_when_nothing_was_missed()
    {
        await (await StartAsync(typeof(EveryFiveMinutes))).DisposeAsync();
        var later = new ManualTime(Start.AddMinutes(1));
        await using var app = await StartAsync(later, typeof(EveryFiveMinutes));

        await later.WaitForTimerAsync();

        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task A_schedule_that_was_changed_begins_anew()
    {
        await (await StartAsync(typeof(EveryFiveMinutes))).DisposeAsync();
        var later = new ManualTime(Start.AddHours(1));
        await using var app = await StartAsync(later, typeof(Changed));

        await later.WaitForTimerAsync();

        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task A_setting_names_the_schedule_and_an_interval_is_one()
    {
        await using var app = await StartAsync(
            _time,
            builder => builder.Configuration["Retention:Every"] = "00:02:00",
            typeof(BySetting)
        );

        await _time.AdvanceAsync(TimeSpan.FromMinutes(2));

        await _calls.NextAsync();
    }

    [Fact]
    public async Task A_setting_without_a_value_stops_the_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(typeof(BySetting)));

        Assert.Contains("'Retention__Every'", failure.Message);
    }

    [Fact]
    public async Task A_timer_may_run_at_startup()
    {
        await using var app = await StartAsync(typeof(AtStartup));

        Assert.False((await _calls.NextAsync()).IsPastDue);
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_schedule_goes_on()
    {
        await using var app = await StartAsync(typeof(Failing));

        await _time.AdvanceAsync(TimeSpan.FromMinutes(5));
        await _calls.NextAsync();
        await _time.AdvanceAsync(TimeSpan.FromMinutes(5));
        await _calls.NextAsync();

        Assert.Contains(app.Logs.Lines, line => line.Contains("the timer's own failure"));
    }

    [Fact]
    public async Task Whoever_has_the_hosts_key_fires_a_timer_by_hand()
    {
        await using var app = await StartAsync(typeof(EveryFiveMinutes));
        var key = await File.ReadAllTextAsync(Path.Combine(app.Home, "host.key"));

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(app, "FiveMinutes"));
        app.Client.DefaultRequestHeaders.Add("x-functions-key", key);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(app, "Other"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(app, "fiveminutes"));

        Assert.False((await _calls.NextAsync()).IsPastDue);
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task A_timer_never_runs_twice_at_once()
    {
        var gate = new Gate();
        await using var app = await StartAsync(_time, builder => builder.Services.AddSingleton(gate), typeof(Gated));
        var listener = app.Services.GetRequiredService<Trainyard.Runtime.Triggers.Timers.TimerService>().Find("Gated")!;

        var fired = Enumerable.Range(0, 3).Select(_ => listener.FireByHandAsync()).ToList();
        await gate.Entered.NextAsync();
        Assert.Equal(0, gate.Entered.Count);
        gate.Open.SetResult();
        await Task.WhenAll(fired);

        Assert.Equal(1, gate.Most);
    }

    public void Dispose() => _home.Dispose();

    private static DateTime At(string time) =>
        DateTime.SpecifyKind(DateTime.Parse($"2026-03-01T{time}"), DateTimeKind.Utc);

    private static async Task<HttpStatusCode> PostAsync(TestApp app, string function) =>
        (await app.Client.PostAsync($"admin/functions/{function}", null)).StatusCode;

    private Task<TestApp> StartAsync(params Type[] functions) => StartAsync(_time, functions);

    private Task<TestApp> StartAsync(ManualTime time, params Type[] functions) => StartAsync(time, _ => { }, functions);

    private Task<TestApp> StartAsync(
        ManualTime time,
        Action<EmbeddedApplicationBuilder> configure,
        params Type[] functions
    ) =>
        TestApp.StartAsync(
            _home,
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.AddSingleton(_calls);
                configure(builder);
            },
            functions
        );

    public sealed class EveryFiveMinutes(Recorder<TimerInfo> calls)
    {
        [Function("FiveMinutes")]
        public void Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer) => calls.Add(timer);
    }

    public sealed class Changed(Recorder<TimerInfo> calls)
    {
        [Function("FiveMinutes")]
        public void Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer) => calls.Add(timer);
    }

    public sealed class BySetting(Recorder<TimerInfo> calls)
    {
        [Function("BySetting")]
        public void Run([TimerTrigger("%Retention__Every%")] TimerInfo timer) => calls.Add(timer);
    }

    public sealed class AtStartup(Recorder<TimerInfo> calls)
    {
        [Function("AtStartup")]
        public Task RunAsync([TimerTrigger("0 0 3 * * *", RunOnStartup = true)] TimerInfo timer)
        {
            calls.Add(timer);
            return Task.CompletedTask;
        }
    }

    public sealed class Failing(Recorder<TimerInfo> calls)
    {
        [Function("Failing")]
        public void Run([TimerTrigger("0 */5 * * * *")] TimerInfo timer)
        {
            calls.Add(timer);
            throw new InvalidOperationException("the timer's own failure");
        }
    }

    public sealed class Gate
    {
        private int _inside;

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Recorder<int> Entered { get; } = new();

        public int Most { get; private set; }

        public async Task PassAsync()
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _inside));
            Entered.Add(_inside);
            await Open.Task;
            Interlocked.Decrement(ref _inside);
        }
    }

    public sealed class Gated(Gate gate)
    {
        [Function("Gated")]
        public Task RunAsync([TimerTrigger("0 0 3 * * *")] TimerInfo timer) => gate.PassAsync();
    }
}
