namespace Trainyard.Core.Stores;

/// <summary>Why an object store failed. <see cref="ObjectStoreReasons"/> maps each failure to a run's reason.</summary>
public enum ObjectStoreFailure
{
    /// <summary>The bucket does not exist.</summary>
    BucketNotFound,

    /// <summary>The object or the upload does not exist.</summary>
    ObjectNotFound,

    /// <summary>The store does not know these credentials, or their signature is wrong.</summary>
    Denied,

    /// <summary>The session token, signature or password has expired.</summary>
    CredentialsExpired,

    /// <summary>The credentials are valid but do not allow this action.</summary>
    Forbidden,

    /// <summary>The clocks of the store and of this service are too far apart.</summary>
    ClockSkew,

    /// <summary>The bucket is in another region than the connection says.</summary>
    WrongRegion,

    /// <summary>The endpoint contains a path or the bucket's name, and nothing exists there.</summary>
    EndpointPath,

    /// <summary>The store's certificate is not trusted.</summary>
    CertificateUntrusted,

    /// <summary>An https endpoint whose port does not speak TLS.</summary>
    NotHttps,

    /// <summary>An http endpoint whose port speaks TLS.</summary>
    NeedsHttps,

    /// <summary>The store speaks TLS, but no connection is made: an old version, or a client's certificate is wanted.</summary>
    TlsFailed,

    /// <summary>What answers is a web page: of another server, or of a proxy before the store.</summary>
    NoStore,

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

    /// <summary>The disk of the service's own file store is full.</summary>
    DiskFull,

    /// <summary>The store asks for fewer requests.</summary>
    Busy,

    /// <summary>The stored content differs from what was sent.</summary>
    Corrupt,

    /// <summary>No answer or an internal error of the store: trying again can help.</summary>
    Unavailable,

    /// <summary>The store's address or type is impossible, or the request can never work.</summary>
    Invalid,
}
