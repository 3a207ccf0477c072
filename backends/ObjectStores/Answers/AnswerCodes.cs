using System.Net;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>Maps the error codes and statuses of S3, Azure Blob and Swift to failures.</summary>
internal static class AnswerCodes
{
    // S3 and Azure take a request for 15 minutes.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(14);
    private static readonly TimeSpan LeastToldSkew = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, ObjectStoreFailure> Codes = new()
    {
        ["NoSuchBucket"] = ObjectStoreFailure.BucketNotFound,
        ["ContainerNotFound"] = ObjectStoreFailure.BucketNotFound,
        ["NoSuchKey"] = ObjectStoreFailure.ObjectNotFound,
        ["NoSuchUpload"] = ObjectStoreFailure.ObjectNotFound,
        ["InvalidBlockList"] = ObjectStoreFailure.ObjectNotFound,
        ["NoSuchVersion"] = ObjectStoreFailure.ObjectNotFound,
        ["BlobNotFound"] = ObjectStoreFailure.ObjectNotFound,
        ["InvalidAccessKeyId"] = ObjectStoreFailure.Denied,
        ["SignatureDoesNotMatch"] = ObjectStoreFailure.Denied,
        ["InvalidSecurity"] = ObjectStoreFailure.Denied,
        ["NotSignedUp"] = ObjectStoreFailure.Denied,
        ["AccountProblem"] = ObjectStoreFailure.Denied,
        ["AuthenticationFailed"] = ObjectStoreFailure.Denied,
        ["InvalidAuthenticationInfo"] = ObjectStoreFailure.Denied,
        ["NoAuthenticationInformation"] = ObjectStoreFailure.Denied,
        ["AccountIsDisabled"] = ObjectStoreFailure.Denied,
        ["ExpiredToken"] = ObjectStoreFailure.CredentialsExpired,
        ["ExpiredTokenException"] = ObjectStoreFailure.CredentialsExpired,
        ["InvalidToken"] = ObjectStoreFailure.CredentialsExpired,
        ["TokenRefreshRequired"] = ObjectStoreFailure.CredentialsExpired,
        ["RequestExpired"] = ObjectStoreFailure.CredentialsExpired,
        ["RequestTimeTooSkewed"] = ObjectStoreFailure.ClockSkew,
        ["AccessDenied"] = ObjectStoreFailure.Forbidden,
        ["AllAccessDisabled"] = ObjectStoreFailure.Forbidden,
        ["UnauthorizedAccess"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationFailure"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationPermissionMismatch"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationResourceTypeMismatch"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationServiceMismatch"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationProtocolMismatch"] = ObjectStoreFailure.Forbidden,
        ["AuthorizationSourceIPMismatch"] = ObjectStoreFailure.Forbidden,
        ["InsufficientAccountPermissions"] = ObjectStoreFailure.Forbidden,
        ["PermanentRedirect"] = ObjectStoreFailure.WrongRegion,
        ["TemporaryRedirect"] = ObjectStoreFailure.WrongRegion,
        ["Redirect"] = ObjectStoreFailure.WrongRegion,
        ["AuthorizationHeaderMalformed"] = ObjectStoreFailure.WrongRegion,
        ["IllegalLocationConstraintException"] = ObjectStoreFailure.WrongRegion,
        ["InvalidObjectState"] = ObjectStoreFailure.ObjectArchived,
        ["BlobArchived"] = ObjectStoreFailure.ObjectArchived,
        ["BlobBeingRehydrated"] = ObjectStoreFailure.ObjectArchived,
        ["QuotaExceeded"] = ObjectStoreFailure.QuotaFull,
        ["StorageQuotaExceeded"] = ObjectStoreFailure.QuotaFull,
        ["StorageFull"] = ObjectStoreFailure.QuotaFull,
        ["XMinioStorageFull"] = ObjectStoreFailure.QuotaFull,
        ["XMinioAdminBucketQuotaExceeded"] = ObjectStoreFailure.QuotaFull,
        ["InsufficientStorage"] = ObjectStoreFailure.QuotaFull,
        ["InsufficientCapacity"] = ObjectStoreFailure.QuotaFull,
        // What Swift's s3api answers where a quota is full; no part of ours is larger than a store takes.
        ["EntityTooLarge"] = ObjectStoreFailure.QuotaFull,
        ["SlowDown"] = ObjectStoreFailure.Busy,
        ["SlowDownRead"] = ObjectStoreFailure.Busy,
        ["SlowDownWrite"] = ObjectStoreFailure.Busy,
        ["TooManyRequests"] = ObjectStoreFailure.Busy,
        ["Throttling"] = ObjectStoreFailure.Busy,
        ["ThrottlingException"] = ObjectStoreFailure.Busy,
        ["RequestLimitExceeded"] = ObjectStoreFailure.Busy,
        ["ServerBusy"] = ObjectStoreFailure.Busy,
        ["BadDigest"] = ObjectStoreFailure.Corrupt,
        ["IncompleteBody"] = ObjectStoreFailure.Corrupt,
        ["InvalidPart"] = ObjectStoreFailure.Corrupt,
        ["XAmzContentSHA256Mismatch"] = ObjectStoreFailure.Corrupt,
        ["Md5Mismatch"] = ObjectStoreFailure.Corrupt,
        ["RequestTimeout"] = ObjectStoreFailure.Unavailable,
        ["OperationAborted"] = ObjectStoreFailure.Unavailable,
        ["OperationTimedOut"] = ObjectStoreFailure.Unavailable,
        ["ContainerBeingDeleted"] = ObjectStoreFailure.Unavailable,
    };

    public static ObjectStoreFailure FailureOf(StoreAnswer answer)
    {
        if (answer.WantsHttps)
        {
            return ObjectStoreFailure.NeedsHttps;
        }
        if (
            answer is
            {
                IsWebPage: true,
                Status: < HttpStatusCode.InternalServerError or HttpStatusCode.NetworkAuthenticationRequired
            }
        )
        {
            return ObjectStoreFailure.NoStore;
        }
        // Without a region in the answer, the header is malformed in another way than by a wrong region.
        if (answer is { Code: "AuthorizationHeaderMalformed", Region: "" })
        {
            return ObjectStoreFailure.Invalid;
        }
        if (Codes.TryGetValue(answer.Code, out var failure))
        {
            return IsSkewed(failure, answer) ? ObjectStoreFailure.ClockSkew : failure;
        }
        return IsElsewhere(answer) ? ObjectStoreFailure.WrongRegion : OfStatus((int)answer.Status);
    }

    /// <summary>A sentence about the failure without a full stop, because the caller appends the operation.</summary>
    public static string SentenceOf(ObjectStoreFailure failure, StoreAnswer answer) =>
        failure switch
        {
            ObjectStoreFailure.BucketNotFound => "The store has no such bucket",
            ObjectStoreFailure.ObjectNotFound => "The store has no such object",
            ObjectStoreFailure.Denied => "The store refuses these credentials",
            ObjectStoreFailure.CredentialsExpired when answer.Code is "InvalidToken" =>
                "The session token has expired, or it is not of these keys",
            ObjectStoreFailure.CredentialsExpired => "The session token has expired",
            ObjectStoreFailure.Forbidden => "The store knows these credentials but does not permit them to do this",
            ObjectStoreFailure.ClockSkew =>
                $"The clocks of the store and of this service are too far apart{Apart(answer)}; the service signs with its own",
            ObjectStoreFailure.WrongRegion when answer.Region.Length > 0 =>
                $"The bucket is in another region: write `region: {answer.Region}` in its connection",
            ObjectStoreFailure.WrongRegion => "The bucket is in another region than its connection says",
            ObjectStoreFailure.NeedsHttps => "The store speaks https on that port: use https://",
            ObjectStoreFailure.ObjectArchived => "The object is archived and has to be restored before it can be read",
            ObjectStoreFailure.NoStore when (int)answer.Status == 413 =>
                "A server before the store takes no request of this size, and answers with a web page",
            ObjectStoreFailure.NoStore =>
                "What answers is no store but a web page: of another server at this address, or of a proxy before it",
            ObjectStoreFailure.QuotaFull when answer.Code is "EntityTooLarge" =>
                "The store takes no more: its quota is full, or the object is larger than it allows",
            ObjectStoreFailure.QuotaFull => "The store has no room left: its quota or its disk is full",
            ObjectStoreFailure.Busy when answer.RetryAfter is { } pause && pause > TimeSpan.Zero =>
                $"The store is busy and asks to come back in {pause.TotalSeconds:0} s",
            ObjectStoreFailure.Busy => "The store is busy and asks for fewer requests",
            ObjectStoreFailure.Corrupt => "The store received something else than was sent",
            ObjectStoreFailure.Invalid => "The store does not accept the request",
            _ => "The store failed",
        };

    // Azure answers a request of another time like one with a wrong key, and so do some servers of S3.
    private static bool IsSkewed(ObjectStoreFailure failure, StoreAnswer answer) =>
        failure is ObjectStoreFailure.Denied && answer.Ahead is { } ahead && ahead.Duration() > MostSkew;

    private static string Apart(StoreAnswer answer) =>
        answer.Ahead is { } ahead && ahead.Duration() > LeastToldSkew
            ? $": the store's is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead" : "behind")}"
            : "";

    // S3 names the bucket's region in every answer; an answer to HEAD has no code, so the region is the only hint.
    private static bool IsElsewhere(StoreAnswer answer) =>
        (int)answer.Status is 301 or 307 || ((int)answer.Status == 400 && answer is { Code: "", Region.Length: > 0 });

    private static ObjectStoreFailure OfStatus(int status) =>
        status switch
        {
            401 => ObjectStoreFailure.Denied,
            403 => ObjectStoreFailure.Forbidden,
            404 => ObjectStoreFailure.ObjectNotFound,
            // 498 is Swift's own code.
            429 or 498 => ObjectStoreFailure.Busy,
            422 => ObjectStoreFailure.Corrupt,
            413 or 507 => ObjectStoreFailure.QuotaFull,
            0 or 408 or >= 500 => ObjectStoreFailure.Unavailable,
            _ => ObjectStoreFailure.Invalid,
        };
}
