using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trainyard.Tests.Shared.Servers;

namespace Trainyard.Benchmarks.Transfers;

/// <summary>What is moved: so many objects of so many random bytes each.</summary>
internal sealed record DataSet(string Name, int Objects, long BytesEach)
{
    private const int Block = 1 << 20;

    public static IReadOnlyList<DataSet> All { get; } = [new("large", 1, 1L << 30), new("small", 2000, 64 * 1024)];

    /// <summary>An empty bucket.</summary>
    public static DataSet Nothing { get; } = new("nothing", 0, 0);

    public string Bucket => $"benchmark-{Name}";

    public override string ToString() =>
        $"{Objects.ToString("N0", CultureInfo.InvariantCulture)} x {BytesEach >> 10} KiB";

    /// <summary>Puts all of it into the bucket.</summary>
    public async Task FillAsync(SwiftServer server)
    {
        using var http = new HttpClient();
        var (account, token) = await LoginAsync(http, server);
        await PutAsync(http, new Uri($"{account}/{Bucket}"), token, new ByteArrayContent([]));
        for (var i = 0; i < Objects; i++)
        {
            var name = $"folder-{i % 20}/object-{i:D5}.bin";
            await PutAsync(http, new Uri($"{account}/{Bucket}/{name}"), token, new RandomContent(BytesEach));
        }
    }

    /// <summary>Writes all of it into a folder.</summary>
    public async Task FillAsync(string folder)
    {
        for (var i = 0; i < Objects; i++)
        {
            await using var file = File.Create(Path.Combine(folder, $"object-{i:D5}.bin"));
            await new RandomContent(BytesEach).CopyToAsync(file);
        }
    }

    private static async Task<(string Account, string Token)> LoginAsync(HttpClient http, SwiftServer server)
    {
        using var login = new HttpRequestMessage(HttpMethod.Get, server.SwiftAuthUrl);
        login.Headers.Add("X-Auth-User", $"{server.Owner.Account}:{server.Owner.User}");
        login.Headers.Add("X-Auth-Key", server.Owner.Key);
        using var answer = await http.SendAsync(login);
        answer.EnsureSuccessStatusCode();
        return (answer.Headers.GetValues("X-Storage-Url").Single(), answer.Headers.GetValues("X-Auth-Token").Single());
    }

    private static async Task PutAsync(HttpClient http, Uri address, string token, HttpContent content)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        put.Headers.Add("X-Auth-Token", token);
        using var answer = await http.SendAsync(put);
        answer.EnsureSuccessStatusCode();
    }

    private sealed class RandomContent(long bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var block = RandomNumberGenerator.GetBytes((int)Math.Min(Block, bytes));
            for (long sent = 0; sent < bytes; sent += block.Length)
            {
                // No two blocks are the same.
                Encoding.ASCII.GetBytes(sent.ToString("D20", CultureInfo.InvariantCulture)).CopyTo(block, 0);
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, bytes - sent)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }
}
