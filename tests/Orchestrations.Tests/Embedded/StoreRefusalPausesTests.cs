using Trainyard.Contracts.Http;
using Trainyard.Core.Stores;
using Trainyard.Orchestrations.Storing;
using Trainyard.Tests.Shared;

namespace Trainyard.Orchestrations.Tests;

/// <summary>A store that denies what it has allowed before is asked again, with pauses.</summary>
public sealed class StoreRefusalPausesTests
{
    private readonly ManualTime _time = new();
    private int _tries;

    [Fact]
    public async Task A_denial_counts_after_two_more_tries_that_do_not_come_at_once()
    {
        var storing = StoreRefusals.OfStoringAsync(Denied, _time, default);
        Assert.Equal(1, _tries);

        await NextTryAsync(atLeast: 0.5, atMost: 1);
        Assert.Equal(2, _tries);
        await NextTryAsync(atLeast: 1, atMost: 2);

        Assert.Equal("store_denied", (await storing)!.Code);
        Assert.Equal(3, _tries);
    }

    [Fact]
    public async Task What_is_no_denial_is_not_tried_again()
    {
        var refusal = await StoreRefusals.OfStoringAsync(
            () => throw new ObjectStoreException(ObjectStoreFailure.QuotaFull, "full"),
            _time,
            default
        );

        Assert.Equal("store_quota_full", refusal!.Code);
    }

    [Fact]
    public async Task A_cancel_ends_the_pause()
    {
        using var cancel = new CancellationTokenSource();
        var storing = StoreRefusals.OfStoringAsync(Denied, _time, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storing);
        Assert.Equal(1, _tries);
    }

    [Fact]
    public void Pauses_grow_are_random_and_have_a_bound()
    {
        for (var tries = 1; tries < 100; tries++)
        {
            var most = Math.Min(Math.Pow(2, tries - 1), 30);
            var pause = JitteredBackoff.Pause(tries, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)).TotalSeconds;
            Assert.InRange(pause, most / 2, most);
        }
    }

    private Task Denied()
    {
        _tries++;
        throw new ObjectStoreException(ObjectStoreFailure.Denied, "denied");
    }

    private async Task NextTryAsync(double atLeast, double atMost)
    {
        var before = _tries;
        await _time.WaitForTimerAsync();
        var pause = _time.UntilNextTimer!.Value;
        Assert.InRange(pause.TotalSeconds, atLeast, atMost);
        Assert.Equal(before, _tries);
        _time.Advance(pause);
        await Eventually.Be("it is tried again", () => _tries > before, TimeSpan.FromSeconds(10));
    }
}
