using Trainyard.Cli.Tests.Fakes;

namespace Trainyard.Cli.Tests;

public sealed class KeyTests
{
    private const string Keys = "GET /v3/keys";

    [Fact]
    public async Task Keys_are_listed_with_whose_they_are_and_when_they_end()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            Keys,
            new
            {
                resources = new object[]
                {
                    new
                    {
                        id = "0123456789abcdef",
                        owner = "admin",
                        is_operator = true,
                        created_at = "2026-11-27T15:00:00.000Z",
                        is_own = true,
                    },
                    new
                    {
                        id = "fedcba9876543210",
                        owner = "bob",
                        is_operator = false,
                        created_at = "2026-11-27T15:00:01.000Z",
                        expires_at = "2027-02-25T15:00:01.000Z",
                    },
                },
            }
        );

        var run = await BxRun.OfAsync(service, "ml", "list", "keys");

        Assert.Equal(
            """
            Fetching the list of keys ...
            SI No   Id                 Owner   role                 created-at             expires-at
            1       0123456789abcdef   admin   operator, this one   2026-11-27T15:00:00Z   never
            2       fedcba9876543210   bob     owner                2026-11-27T15:00:01Z   2027-02-25T15:00:01Z

            2 records found.
            OK
            List all keys successful

            """,
            run.Out
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_key_with_an_end_says_when_that_is()
    {
        await using var service = await FakeService.StartAsync();
        service.Answer(
            "POST /v3/keys",
            new
            {
                owner = "bob",
                key = "ty_x",
                id = "fedcba9876543210",
                expires_at = "2027-02-25T15:00:01.000Z",
            },
            201
        );

        var run = await BxRun.OfAsync(service, "ml", "keys", "add", "bob", "--expires-in", "90d");

        Assert.Contains("It opens until 2027-02-25T15:00:01Z.", run.Out);
        Assert.Equal("""{"owner":"bob","expires_in":"90d"}""", Assert.Single(service.Received).Text);
    }

    [Fact]
    public async Task A_key_given_in_place_of_its_id_is_not_repeated()
    {
        await using var service = await FakeService.StartAsync();

        var run = await BxRun.OfAsync(service, "ml", "delete", "keys", "ty_SECRET");

        Assert.Equal(2, run.ExitCode);
        Assert.DoesNotContain("SECRET", run.Out + run.Error);
        Assert.Contains("16 of 0-9 and a-f", run.Error);
        Assert.Empty(service.Received);
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_told()
    {
        await using var service = await FakeService.StartAsync();
        service.Refuse("DELETE /v3/keys/0123456789abcdef", 404, "key_not_found", "There is no key of this id.");

        var run = await BxRun.OfAsync(service, "ml", "delete", "keys", "0123456789abcdef");

        Assert.Equal(
            (4, "error: There is no key of this id. 'bx ml list keys' prints those there are.\n"),
            (run.ExitCode, run.Error)
        );
    }
}
