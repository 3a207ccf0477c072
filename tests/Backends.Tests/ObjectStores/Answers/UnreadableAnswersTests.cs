using Microsoft.AspNetCore.Http;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>
/// What answers at a store's address need not be a store: a portal, a proxy, another service. Its success is not taken
/// for an empty bucket, and what it says is not told as an error of this service.
/// </summary>
public sealed class UnreadableAnswersTests : IDisposable
{
    private readonly StoreFixture _stores = new();

    public static TheoryData<DataStoreType, string> Answers()
    {
        string[] bodies =
        [
            "",
            "hello",
            "{}",
            "<html><body>Please log in.</body></html>",
            "<!DOCTYPE html><html><p>Please log in.<br></html>",
            "<?xml version=\"1.0\"?><Other/>",
        ];
        var all = new TheoryData<DataStoreType, string>();
        foreach (var body in bodies)
        {
            all.Add(DataStoreType.S3, body);
            all.Add(DataStoreType.Swift, body);
            all.Add(DataStoreType.AzureBlob, body);
        }
        return all;
    }

    public void Dispose() => _stores.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_success_that_is_no_list_is_no_empty_bucket(DataStoreType type, string body)
    {
        await using var server = await ScriptedStore.StartAsync(context => AnswerAsync(context, body));

        var refused = await RefusedAsync(type, server);

        Assert.Equal(ObjectStoreFailure.Invalid, refused.Failure);
        Assert.Matches("is none: does its address lead|cannot be understood: bucket 'datain'. Does", refused.Message);
    }

    [Theory]
    [InlineData("<Size>99999999999999999999</Size>")]
    [InlineData("<Size>ten</Size>")]
    [InlineData("<Size>1</Size><LastModified>yesterday</LastModified>")]
    public async Task A_list_with_impossible_values_is_the_store_s_fault_and_told_at_once(string entry)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.WriteAsync(
                $"<ListBucketResult><Name>datain</Name><IsTruncated>false</IsTruncated><Contents><Key>a</Key>{entry}</Contents></ListBucketResult>"
            )
        );

        var refused = await RefusedAsync(DataStoreType.S3, server);

        Assert.Equal(ObjectStoreFailure.Invalid, refused.Failure);
        Assert.Contains("What the store answers cannot be understood: bucket 'datain'.", refused.Message);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1125899906842625")]
    [InlineData("9223372036854775807")]
    public async Task An_object_of_a_size_that_none_can_have_is_the_store_s_fault(string bytes)
    {
        await using var server = await ScriptedStore.StartAsync(context =>
            context.Response.WriteAsync(
                $"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>{bytes}</Size></Contents></ListBucketResult>"
            )
        );

        var refused = await RefusedAsync(DataStoreType.S3, server);

        Assert.Equal(ObjectStoreFailure.Invalid, refused.Failure);
        Assert.Contains($"The store lists 'a' of bucket 'datain' with {bytes} bytes", refused.Message);
    }

    [Fact]
    public async Task A_redirection_in_a_circle_ends()
    {
        await using var server = await ScriptedStore.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = context.Request.Path.ToString();
            return Task.CompletedTask;
        });

        var refused = await RefusedAsync(DataStoreType.S3, server);

        Assert.Equal(ObjectStoreFailure.Invalid, refused.Failure);
        Assert.Contains("bucket 'datain'", refused.Message);
    }

    private async Task<ObjectStoreException> RefusedAsync(DataStoreType type, ScriptedStore server)
    {
        var reference = new DataStoreReference
        {
            Type = type,
            Bucket = "datain",
            Endpoint = new Uri($"http://127.0.0.1:{server.Port}"),
        };
        await using var store = _stores.Open(reference, CredentialsOf(type, server));
        return await Assert.ThrowsAsync<ObjectStoreException>(async () =>
        {
            await store.ProbeAsync("datain", default);
            await store.ListAsync("datain", "", null, 10, default);
        });
    }

    private static StoreCredentials CredentialsOf(DataStoreType type, ScriptedStore server) =>
        type switch
        {
            DataStoreType.S3 => SampleCredentials.ForAccessKey("an-access-key", "its-secret"),
            DataStoreType.Swift => SampleCredentials.ForSwift($"http://127.0.0.1:{server.Port}/auth/v1.0", "a:b", "c"),
            _ => StoreCredentials.Of([
                new(CredentialField.AccountName, new Secret("account")),
                new(CredentialField.AccountKey, new Secret("a2V5")),
            ]),
        };

    private static Task AnswerAsync(HttpContext context, string body)
    {
        // Swift's login, which comes before its list.
        context.Response.Headers["X-Auth-Token"] = "token";
        context.Response.Headers["X-Storage-Url"] = $"http://{context.Request.Host}/v1/AUTH_a";
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(body);
    }
}
