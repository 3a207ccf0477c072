using System.Globalization;
using Microsoft.AspNetCore.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>A store whose clock is two hours ahead.</summary>
public sealed class ClockSkewTests : IDisposable
{
    private const string Form = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(2);
    private static readonly TimeSpan Taken = TimeSpan.FromMinutes(15);
    private readonly StoreFixture _stores = new();

    public void Dispose() => _stores.Dispose();

    [Fact]
    public async Task A_store_that_tells_its_time_gets_requests_and_addresses_of_it()
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            var there = DateTimeOffset.UtcNow + Ahead;
            return IsNear(context.Request.Headers["x-amz-date"].ToString(), there)
                ? context.Response.WriteAsync("<ListBucketResult><Name>datain</Name></ListBucketResult>")
                : ScriptedStore.RefuseAsync(context, 403, "RequestTimeTooSkewed", ("Date", $"{there:R}"));
        });
        await using var store = _stores.OpenS3(server.Address.ToString());

        await store.ProbeAsync("datain", default);
        var address = await store.PresignReadAsync("datain", "a", TimeSpan.FromHours(1), default);

        var time = address!.Query.Split('&').Single(part => part.StartsWith("X-Amz-Date=")).Split('=')[1];
        Assert.True(IsNear(time, DateTimeOffset.UtcNow + Ahead), time);
    }

    // Azure says only that the signature is wrong.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_only_refuses_is_found_out_by_its_time(bool isAhead)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            ScriptedStore.RefuseAsync(
                context,
                403,
                "AuthenticationFailed",
                ("Date", $"{DateTimeOffset.UtcNow + (isAhead ? Ahead : TimeSpan.Zero):R}")
            )
        );
        await using var store = _stores.Open(
            new DataStoreReference
            {
                Type = DataStoreType.AzureBlob,
                Bucket = "datain",
                Endpoint = server.Address,
            },
            StoreCredentials.Of([
                new(CredentialField.AccountName, new Secret("account")),
                new(CredentialField.AccountKey, new Secret("a2V5")),
            ])
        );

        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProbeAsync("datain", default));

        Assert.Equal(isAhead ? ObjectStoreFailure.ClockSkew : ObjectStoreFailure.Denied, e.Failure);
        Assert.Equal(isAhead, e.Message.Contains("the store's is 120 minutes ahead"));
    }

    private static bool IsNear(string time, DateTimeOffset there) =>
        DateTimeOffset.TryParseExact(
            time,
            Form,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var signed
        )
        && (signed - there).Duration() < Taken;
}
