using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Json;
using Trainyard.Contracts;

namespace Trainyard.Cli.Settings;

/// <summary>The service's address and the user's key: from <c>ML_*</c> variables, else from the state folder.</summary>
internal sealed record ServiceSettings
{
    private const string DefaultUrl = "http://127.0.0.1:7071";

    public required Uri Url { get; init; }

    /// <summary>The address for messages; it holds no secret.</summary>
    public string Address => Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Null where no key was found: the service will then refuse.</summary>
    public required AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary><c>ML_INSTANCE</c>, sent along for services that ask for it.</summary>
    public required string? Instance { get; init; }

    /// <summary>The place searched for the key when no variable held one; null when there is no state folder.</summary>
    public required string? KeyFile { get; init; }

    public static ServiceSettings Read(CliEnvironment environment)
    {
        var home = StateFolder.OfUser(environment.Variable);
        return new ServiceSettings
        {
            Url = ReadUrl(environment, home?.ServiceFile),
            Authorization = ReadKey(environment, home?.KeyFile),
            Instance = environment.Text("ML_INSTANCE") is { } instance
                ? HeaderText.Check(instance, "ML_INSTANCE")
                : null,
            KeyFile = home?.KeyFile,
        };
    }

    private static Uri ReadUrl(CliEnvironment environment, string? serviceFile)
    {
        var text = environment.Text("ML_ENV") ?? UrlOfThisMachine(serviceFile) ?? DefaultUrl;
        // The address may contain a key, so it is not shown.
        if (text.Contains('@'))
        {
            throw CliFailure.Usage(
                "ML_ENV holds a user name or a key: put them into ML_USERNAME and ML_PASSWORD, and only the address into ML_ENV."
            );
        }
        var isUrl = Uri.TryCreate(text.TrimEnd('/') + '/', UriKind.Absolute, out var url);
        return isUrl && url!.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw CliFailure.Usage($"ML_ENV is '{text}': it should be an http(s) address such as {DefaultUrl}.");
    }

    private static string? UrlOfThisMachine(string? file)
    {
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), CliJson.Wire.ServiceFile)?.Url
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Another user's file or a half-written one: the default address is as good a guess.
            return null;
        }
    }

    private static AuthenticationHeaderValue? ReadKey(CliEnvironment environment, string? keyFile)
    {
        if (environment.Text("ML_PASSWORD") is { } password)
        {
            var user = environment.Text("ML_USERNAME") ?? "key";
            // The text before the first colon is the name.
            return user.Contains(':')
                ? throw CliFailure.Usage("ML_USERNAME has a colon, which a user name cannot have.")
                : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        return KeyOfThisMachine(keyFile) is { } key ? new("Bearer", HeaderText.Check(key, keyFile!)) : null;
    }

    private static string? KeyOfThisMachine(string? file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
