using System.Net;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>A session with an account. Logs in on first use, and again when the token expires or is rejected.</summary>
internal sealed class SwiftSession(SwiftHttp http, SwiftAuthentication authentication, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _loggingIn = new(1, 1);
    private SwiftToken? _token;

    /// <summary>The account's own address.</summary>
    public async Task<Uri> AccountAsync(CancellationToken cancellationToken) =>
        (await TokenAsync(notThis: null, cancellationToken)).Account;

    /// <summary>Sends a request to a path below the account's address.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken
    )
    {
        var used = await TokenAsync(notThis: null, cancellationToken);
        try
        {
            return await SendAsync(used, method, path, prepare, cancellationToken);
        }
        catch (SwiftError e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            var renewed = await TokenAsync(notThis: used, cancellationToken);
            return await SendAsync(renewed, method, path, prepare, cancellationToken);
        }
    }

    public void Dispose() => _loggingIn.Dispose();

    private Task<HttpResponseMessage> SendAsync(
        SwiftToken with,
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken
    ) =>
        http.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(method, with.Account.AbsoluteUri.TrimEnd('/') + path);
                request.Headers.TryAddWithoutValidation("X-Auth-Token", with.Value);
                prepare?.Invoke(request);
                return request;
            },
            cancellationToken
        );

    private async Task<SwiftToken> TokenAsync(SwiftToken? notThis, CancellationToken cancellationToken)
    {
        await _loggingIn.WaitAsync(cancellationToken);
        try
        {
            if (_token is null || ReferenceEquals(_token, notThis) || !_token.IsGoodAt(time.GetUtcNow()))
            {
                _token = await authentication.LogInAsync(cancellationToken);
            }
            return _token;
        }
        finally
        {
            _loggingIn.Release();
        }
    }
}
