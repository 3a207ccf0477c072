using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

public sealed class ApiKeyRingTests : IDisposable
{
    private static readonly Owner Jean = Owner.Parse("jean");

    private readonly EmbeddedHome _home = new();
    private readonly ManualTime _time = new();

    private ApiKeyRing Ring => new(_home.Blobs, _time);

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_key_opens_until_its_end_and_not_longer_on_an_instance_that_knows_it_too()
    {
        var ring = Ring;
        var made = await ring.CreateAsync(Jean, isOperator: false, TimeSpan.FromHours(1), default);

        Assert.Equal(Jean, (await ring.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default))!.Owner);
        Assert.True(await ring.HasKeyAsync(Jean, default));
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await ring.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await ring.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));
        Assert.Null(await Ring.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));
        Assert.False(await ring.HasKeyAsync(Jean, default));
    }

    [Fact]
    public async Task A_key_without_an_end_opens_for_good()
    {
        var text = await Ring.CreateAsync(Jean, isOperator: true, default);
        _time.Advance(TimeSpan.FromDays(10_000));
        Assert.True((await Ring.FindByHashAsync(ApiKeyRing.HashOf(text), default))!.IsOperator);
    }

    [Fact]
    public async Task A_key_that_is_taken_away_opens_nothing_within_half_a_minute_on_any_instance()
    {
        var (here, there) = (Ring, Ring);
        var made = await here.CreateAsync(Jean, isOperator: false, lifetime: null, default);
        Assert.NotNull(await there.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));

        Assert.True(await here.RevokeAsync(made.Id, default));

        Assert.Null(await here.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await there.FindByHashAsync(ApiKeyRing.HashOf(made.Text), default));
        Assert.False(await here.RevokeAsync(made.Id, default));
        Assert.Empty(await here.ListAsync(default).ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("../../secrets/..")]
    [InlineData("ABCDEF0123456789")]
    [InlineData("abcdef012345678/")]
    public async Task Only_a_whole_id_takes_a_key_away(string id)
    {
        var text = await Ring.CreateAsync(Jean, isOperator: false, default);
        Assert.False(await Ring.RevokeAsync(id, default));
        Assert.NotNull(await Ring.FindByHashAsync(ApiKeyRing.HashOf(text), default));
    }

    [Fact]
    public async Task A_list_has_every_key_and_no_text_of_one()
    {
        var made = await Ring.CreateAsync(Jean, isOperator: false, TimeSpan.FromMinutes(1), default);
        _time.Advance(TimeSpan.FromHours(1));

        var (id, key) = Assert.Single(await Ring.ListAsync(default).ToListAsync());

        Assert.Equal((made.Id, Jean), (id, key.Owner));
        Assert.Equal(ApiKeyRing.IdOfHash(ApiKeyRing.HashOf(made.Text)), id);
        Assert.DoesNotContain(id, made.Text);
    }
}
