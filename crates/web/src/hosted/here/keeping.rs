//! What a device is given to keep, and made to forget.

use super::cookie::Kind;
use super::device::Device;
use super::request::Here;
use doorward_flows::credentials::pin::invalidate_pin_session_token;
use doorward_model::time::Timestamp;

impl Here {
    /// Keeps this on the device, in place of what it knew.
    pub(crate) async fn keep(&mut self, device: Device) {
        self.end_device().await;
        let life = Timestamp(device.until).since(self.app.now());
        let cookie = Kind::Device.of(&self.caller.tenant).set(&self.app, &device, Some(life));
        self.device_cookie = Some(cookie);
        self.device = Some(device);
    }

    /// Has the device forget whom it knew, for good.
    pub(crate) async fn forget_device(&mut self) {
        self.end_device().await;
        self.device_cookie = Some(Kind::Device.of(&self.caller.tenant).erase(&self.app));
    }

    async fn end_device(&mut self) {
        let Some(device) = self.device.take() else { return };
        let ended = invalidate_pin_session_token(&self.app, &self.caller, &device.token()).await;
        if let Err(error) = ended {
            // The browser forgets it either way.
            tracing::warn!(?error, "a session token of the hosted pages could not be ended");
        }
    }
}
