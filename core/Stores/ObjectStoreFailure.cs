namespace Trainyard.Core.Stores;

/// <summary>Why an object store did not do it. What each means to a run is in <see cref="ObjectStoreReasons"/>.</summary>
public enum ObjectStoreFailure
{
    /// <summary>The bucket does not exist.</summary>
    BucketNotFound,

    /// <summary>The object or the upload does not exist.</summary>
    ObjectNotFound,

    /// <summary>The store does not know these credentials, or their signature is wrong.</summary>
    Denied,

    /// <summary>The session token, signature or password was good once.</summary>
    CredentialsExpired,

    /// <summary>The credentials are good, but not for this action.</summary>
    Forbidden,

    /// <summary>The clocks of the store and of this service are too far apart.</summary>
    ClockSkew,

    /// <summary>The bucket is in another region than the connection says.</summary>
    WrongRegion,

    /// <summary>The endpoint has a path or the bucket in it, and nothing is there.</summary>
    EndpointPath,

    /// <summary>The store's certificate is not trusted.</summary>
    CertificateUntrusted,

    /// <summary>An https endpoint whose port does not speak TLS.</summary>
    NotHttps,

    /// <summary>An http endpoint whose port speaks TLS.</summary>
    NeedsHttps,

    /// <summary>An address that this service may not reach.</summary>
    AddressForbidden,

    /// <summary>The endpoint's name is not known to DNS.</summary>
    HostNotFound,

    /// <summary>Nothing listens at the endpoint.</summary>
    ConnectionRefused,

    /// <summary>The object is in an archive and has to be restored first.</summary>
    ObjectArchived,

    /// <summary>The store has no room left for these credentials.</summary>
    QuotaFull,

    /// <summary>The store asks for fewer requests.</summary>
    Busy,

    /// <summary>What the store holds is not what was sent.</summary>
    Corrupt,

    /// <summary>No answer or an internal error of the store: trying again can help.</summary>
    Unavailable,

    /// <summary>The store's address or type is impossible, or the request can never work.</summary>
    Invalid,
}
