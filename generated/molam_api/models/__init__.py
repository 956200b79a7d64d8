"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account
    from .advance_clock_request import AdvanceClockRequest
    from .audit_actor import AuditActor
    from .audit_break import AuditBreak
    from .audit_head import AuditHead
    from .audit_log import AuditLog
    from .audit_log_list import AuditLogList
    from .audit_resource import AuditResource
    from .audit_verification import AuditVerification
    from .balance import Balance
    from .balance_amount import BalanceAmount
    from .beneficiary import Beneficiary
    from .beneficiary_request import BeneficiaryRequest
    from .beneficiary_type import BeneficiaryType
    from .business_type import BusinessType
    from .cancel_payment_intent_request import CancelPaymentIntentRequest
    from .capture_method import CaptureMethod
    from .capture_payment_intent_request import CapturePaymentIntentRequest
    from .card_details import CardDetails
    from .charge import Charge
    from .charge_list import ChargeList
    from .charge_status import ChargeStatus
    from .configure_provider_request import ConfigureProviderRequest
    from .confirm_payment_intent_request import ConfirmPaymentIntentRequest
    from .create_merchant_onboarding_request import CreateMerchantOnboardingRequest
    from .create_payment_intent_request import CreatePaymentIntentRequest
    from .create_payout_request import CreatePayoutRequest
    from .create_realtime_ticket_request import CreateRealtimeTicketRequest
    from .create_refund_request import CreateRefundRequest
    from .create_token_request import CreateTokenRequest
    from .create_webhook_endpoint_request import CreateWebhookEndpointRequest
    from .customer import Customer
    from .customer_request import CustomerRequest
    from .deleted_webhook_endpoint import DeletedWebhookEndpoint
    from .error_type import ErrorType
    from .event import Event
    from .event_data import EventData
    from .event_list import EventList
    from .event_request import EventRequest
    from .fault_kind import FaultKind
    from .health import Health
    from .health_check import HealthCheck
    from .health_status import HealthStatus
    from .initialize_payment_request import InitializePaymentRequest
    from .inject_fault_request import InjectFaultRequest
    from .json_object import JsonObject
    from .last_error import LastError
    from .ledger_movement import LedgerMovement
    from .ledger_movement_kind import LedgerMovementKind
    from .ledger_movement_list import LedgerMovementList
    from .merchant_onboarding import MerchantOnboarding
    from .merchant_onboarding_status import MerchantOnboardingStatus
    from .metadata import Metadata
    from .metrics import Metrics
    from .mobile_money_details import MobileMoneyDetails
    from .next_action import NextAction
    from .next_action_type import NextActionType
    from .payment import Payment
    from .payment_audit_entry import PaymentAuditEntry
    from .payment_details import PaymentDetails
    from .payment_intent import PaymentIntent
    from .payment_intent_list import PaymentIntentList
    from .payment_intent_status import PaymentIntentStatus
    from .payment_list import PaymentList
    from .payment_method_details import PaymentMethodDetails
    from .payment_refund import PaymentRefund
    from .payment_refund_status import PaymentRefundStatus
    from .payment_status import PaymentStatus
    from .payout import Payout
    from .payout_list import PayoutList
    from .payout_status import PayoutStatus
    from .problem import Problem
    from .problem_error import ProblemError
    from .process_metrics import ProcessMetrics
    from .provider import Provider
    from .provider_capabilities import ProviderCapabilities
    from .provider_configuration import ProviderConfiguration
    from .provider_environment import ProviderEnvironment
    from .provider_health import ProviderHealth
    from .provider_limit import ProviderLimit
    from .provider_list import ProviderList
    from .provider_setting import ProviderSetting
    from .provider_settings import ProviderSettings
    from .provider_test import ProviderTest
    from .realtime_ticket import RealtimeTicket
    from .received_payment import ReceivedPayment
    from .redrive_webhook_deliveries_request import RedriveWebhookDeliveriesRequest
    from .refresh_token_request import RefreshTokenRequest
    from .refund import Refund
    from .refund_list import RefundList
    from .refund_payment_request import RefundPaymentRequest
    from .refund_status import RefundStatus
    from .resource_reference import ResourceReference
    from .revoke_token_request import RevokeTokenRequest
    from .rotate_webhook_secret_request import RotateWebhookSecretRequest
    from .sandbox_clock import SandboxClock
    from .sandbox_fault import SandboxFault
    from .state_count import StateCount
    from .token import Token
    from .token_revocation import TokenRevocation
    from .trigger_event_request import TriggerEventRequest
    from .trigger_overrides import TriggerOverrides
    from .update_webhook_endpoint_request import UpdateWebhookEndpointRequest
    from .webhook_attempt import WebhookAttempt
    from .webhook_delivery import WebhookDelivery
    from .webhook_delivery_list import WebhookDeliveryList
    from .webhook_delivery_status import WebhookDeliveryStatus
    from .webhook_endpoint import WebhookEndpoint
    from .webhook_endpoint_list import WebhookEndpointList
    from .webhook_endpoint_status import WebhookEndpointStatus
    from .webhook_redrive import WebhookRedrive
else:
    _MODULES = {
        "Account": ".account",
        "AdvanceClockRequest": ".advance_clock_request",
        "AuditActor": ".audit_actor",
        "AuditBreak": ".audit_break",
        "AuditHead": ".audit_head",
        "AuditLog": ".audit_log",
        "AuditLogList": ".audit_log_list",
        "AuditResource": ".audit_resource",
        "AuditVerification": ".audit_verification",
        "Balance": ".balance",
        "BalanceAmount": ".balance_amount",
        "Beneficiary": ".beneficiary",
        "BeneficiaryRequest": ".beneficiary_request",
        "BeneficiaryType": ".beneficiary_type",
        "BusinessType": ".business_type",
        "CancelPaymentIntentRequest": ".cancel_payment_intent_request",
        "CaptureMethod": ".capture_method",
        "CapturePaymentIntentRequest": ".capture_payment_intent_request",
        "CardDetails": ".card_details",
        "Charge": ".charge",
        "ChargeList": ".charge_list",
        "ChargeStatus": ".charge_status",
        "ConfigureProviderRequest": ".configure_provider_request",
        "ConfirmPaymentIntentRequest": ".confirm_payment_intent_request",
        "CreateMerchantOnboardingRequest": ".create_merchant_onboarding_request",
        "CreatePaymentIntentRequest": ".create_payment_intent_request",
        "CreatePayoutRequest": ".create_payout_request",
        "CreateRealtimeTicketRequest": ".create_realtime_ticket_request",
        "CreateRefundRequest": ".create_refund_request",
        "CreateTokenRequest": ".create_token_request",
        "CreateWebhookEndpointRequest": ".create_webhook_endpoint_request",
        "Customer": ".customer",
        "CustomerRequest": ".customer_request",
        "DeletedWebhookEndpoint": ".deleted_webhook_endpoint",
        "ErrorType": ".error_type",
        "Event": ".event",
        "EventData": ".event_data",
        "EventList": ".event_list",
        "EventRequest": ".event_request",
        "FaultKind": ".fault_kind",
        "Health": ".health",
        "HealthCheck": ".health_check",
        "HealthStatus": ".health_status",
        "InitializePaymentRequest": ".initialize_payment_request",
        "InjectFaultRequest": ".inject_fault_request",
        "JsonObject": ".json_object",
        "LastError": ".last_error",
        "LedgerMovement": ".ledger_movement",
        "LedgerMovementKind": ".ledger_movement_kind",
        "LedgerMovementList": ".ledger_movement_list",
        "MerchantOnboarding": ".merchant_onboarding",
        "MerchantOnboardingStatus": ".merchant_onboarding_status",
        "Metadata": ".metadata",
        "Metrics": ".metrics",
        "MobileMoneyDetails": ".mobile_money_details",
        "NextAction": ".next_action",
        "NextActionType": ".next_action_type",
        "Payment": ".payment",
        "PaymentAuditEntry": ".payment_audit_entry",
        "PaymentDetails": ".payment_details",
        "PaymentIntent": ".payment_intent",
        "PaymentIntentList": ".payment_intent_list",
        "PaymentIntentStatus": ".payment_intent_status",
        "PaymentList": ".payment_list",
        "PaymentMethodDetails": ".payment_method_details",
        "PaymentRefund": ".payment_refund",
        "PaymentRefundStatus": ".payment_refund_status",
        "PaymentStatus": ".payment_status",
        "Payout": ".payout",
        "PayoutList": ".payout_list",
        "PayoutStatus": ".payout_status",
        "Problem": ".problem",
        "ProblemError": ".problem_error",
        "ProcessMetrics": ".process_metrics",
        "Provider": ".provider",
        "ProviderCapabilities": ".provider_capabilities",
        "ProviderConfiguration": ".provider_configuration",
        "ProviderEnvironment": ".provider_environment",
        "ProviderHealth": ".provider_health",
        "ProviderLimit": ".provider_limit",
        "ProviderList": ".provider_list",
        "ProviderSetting": ".provider_setting",
        "ProviderSettings": ".provider_settings",
        "ProviderTest": ".provider_test",
        "RealtimeTicket": ".realtime_ticket",
        "ReceivedPayment": ".received_payment",
        "RedriveWebhookDeliveriesRequest": ".redrive_webhook_deliveries_request",
        "RefreshTokenRequest": ".refresh_token_request",
        "Refund": ".refund",
        "RefundList": ".refund_list",
        "RefundPaymentRequest": ".refund_payment_request",
        "RefundStatus": ".refund_status",
        "ResourceReference": ".resource_reference",
        "RevokeTokenRequest": ".revoke_token_request",
        "RotateWebhookSecretRequest": ".rotate_webhook_secret_request",
        "SandboxClock": ".sandbox_clock",
        "SandboxFault": ".sandbox_fault",
        "StateCount": ".state_count",
        "Token": ".token",
        "TokenRevocation": ".token_revocation",
        "TriggerEventRequest": ".trigger_event_request",
        "TriggerOverrides": ".trigger_overrides",
        "UpdateWebhookEndpointRequest": ".update_webhook_endpoint_request",
        "WebhookAttempt": ".webhook_attempt",
        "WebhookDelivery": ".webhook_delivery",
        "WebhookDeliveryList": ".webhook_delivery_list",
        "WebhookDeliveryStatus": ".webhook_delivery_status",
        "WebhookEndpoint": ".webhook_endpoint",
        "WebhookEndpointList": ".webhook_endpoint_list",
        "WebhookEndpointStatus": ".webhook_endpoint_status",
        "WebhookRedrive": ".webhook_redrive",
    }

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        model = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = model
        return model

    def __dir__():
        return sorted({*globals(), *_MODULES})


__all__ = (
    "Account",
    "AdvanceClockRequest",
    "AuditActor",
    "AuditBreak",
    "AuditHead",
    "AuditLog",
    "AuditLogList",
    "AuditResource",
    "AuditVerification",
    "Balance",
    "BalanceAmount",
    "Beneficiary",
    "BeneficiaryRequest",
    "BeneficiaryType",
    "BusinessType",
    "CancelPaymentIntentRequest",
    "CaptureMethod",
    "CapturePaymentIntentRequest",
    "CardDetails",
    "Charge",
    "ChargeList",
    "ChargeStatus",
    "ConfigureProviderRequest",
    "ConfirmPaymentIntentRequest",
    "CreateMerchantOnboardingRequest",
    "CreatePaymentIntentRequest",
    "CreatePayoutRequest",
    "CreateRealtimeTicketRequest",
    "CreateRefundRequest",
    "CreateTokenRequest",
    "CreateWebhookEndpointRequest",
    "Customer",
    "CustomerRequest",
    "DeletedWebhookEndpoint",
    "ErrorType",
    "Event",
    "EventData",
    "EventList",
    "EventRequest",
    "FaultKind",
    "Health",
    "HealthCheck",
    "HealthStatus",
    "InitializePaymentRequest",
    "InjectFaultRequest",
    "JsonObject",
    "LastError",
    "LedgerMovement",
    "LedgerMovementKind",
    "LedgerMovementList",
    "MerchantOnboarding",
    "MerchantOnboardingStatus",
    "Metadata",
    "Metrics",
    "MobileMoneyDetails",
    "NextAction",
    "NextActionType",
    "Payment",
    "PaymentAuditEntry",
    "PaymentDetails",
    "PaymentIntent",
    "PaymentIntentList",
    "PaymentIntentStatus",
    "PaymentList",
    "PaymentMethodDetails",
    "PaymentRefund",
    "PaymentRefundStatus",
    "PaymentStatus",
    "Payout",
    "PayoutList",
    "PayoutStatus",
    "Problem",
    "ProblemError",
    "ProcessMetrics",
    "Provider",
    "ProviderCapabilities",
    "ProviderConfiguration",
    "ProviderEnvironment",
    "ProviderHealth",
    "ProviderLimit",
    "ProviderList",
    "ProviderSetting",
    "ProviderSettings",
    "ProviderTest",
    "RealtimeTicket",
    "ReceivedPayment",
    "RedriveWebhookDeliveriesRequest",
    "RefreshTokenRequest",
    "Refund",
    "RefundList",
    "RefundPaymentRequest",
    "RefundStatus",
    "ResourceReference",
    "RevokeTokenRequest",
    "RotateWebhookSecretRequest",
    "SandboxClock",
    "SandboxFault",
    "StateCount",
    "Token",
    "TokenRevocation",
    "TriggerEventRequest",
    "TriggerOverrides",
    "UpdateWebhookEndpointRequest",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryList",
    "WebhookDeliveryStatus",
    "WebhookEndpoint",
    "WebhookEndpointList",
    "WebhookEndpointStatus",
    "WebhookRedrive",
)
